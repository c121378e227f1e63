import { DdbrError, type ErrorCode } from "../../errors.ts";
import { connectionReason } from "../../table/failure.ts";
import { S3Refusal } from "./s3-refusal.ts";
import { NotS3 } from "./s3-xml.ts";

/** What a message says of the request that failed. */
export interface Asked {
  operation: string;
  /** Whole, with the store's prefix; undefined where it was of the bucket. */
  key: string | undefined;
  /** Whether a certain version was asked for: that is a right of its own. */
  version: boolean;
  bucket: string;
  prefix: string;
  region: string;
  /** The store's location as the user typed it. */
  subject: string;
}

const THROTTLED =
  /^(SlowDown|ServiceUnavailable|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded|(KMS\.)?Throttling(Exception)?)$/;
/** Failures that pass by themselves, though not all are said with a status of 500 or more. */
const PASSING =
  /^(InternalError|RequestTimeout|OperationAborted|ConditionalRequestConflict|IncompleteBody|BadDigest|XAmzContentSHA256Mismatch|KMS\.(Internal|DependencyTimeout).*)$/;
const CREDENTIALS =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|InvalidSecurity|InvalidClientTokenId)$/;
const PERMISSION =
  /^(AccessDenied|AllAccessDisabled|AccountProblem|NotSignedUp|InvalidPayer|UnauthorizedAccess)$/;
const ELSEWHERE =
  /^(PermanentRedirect|TemporaryRedirect|Redirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const PROVIDERS = /^(CredentialsProviderError|TokenProviderError|SSOTokenProviderFailure)$/;
const CONNECTION =
  /^(ConnectionRefused|ConnectionClosed|ConnectionReset|FailedToOpenSocket|Timeout|E[A-Z]+|UND_ERR.*|ZlibError|InvalidHTTPResponse|UnexpectedEOF.*)$/;

const CREDENTIALS_HINT =
  "check AWS_PROFILE or the environment's credentials, or sign in again (aws sso login)";

const ENDPOINT_HINT = "check the endpoint: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile's";

/** Turns whatever a request to S3 ends with into a DdbrError; what is a defect of this program stays as it is. */
export function s3Failure(thrown: unknown, asked: Asked): unknown {
  if (thrown instanceof DdbrError || !(thrown instanceof Error)) return thrown;
  const wrap = (code: ErrorCode, message: string, hint?: string) =>
    new DdbrError(code, message, { subject: asked.subject, hint, cause: thrown });
  if (thrown instanceof S3Refusal) return refused(thrown, asked, wrap);
  if (thrown instanceof NotS3) return notS3(undefined, wrap);
  const said = firstLine(thrown.message);
  if (PROVIDERS.test(thrown.name)) return wrap("credentials", said, CREDENTIALS_HINT);
  if (thrown.message === "Invalid URL") {
    return wrap("connection", "the server's address is not a URL", ENDPOINT_HINT);
  }
  if (isConnectionFailure(thrown)) {
    return wrap(
      "connection",
      `cannot reach the server: ${connectionReason(thrown)}`,
      "check the address and the network",
    );
  }
  return thrown;
}

type Wrap = (code: ErrorCode, message: string, hint?: string) => DdbrError;

function refused(refusal: S3Refusal, asked: Asked, wrap: Wrap): DdbrError {
  const { status, code } = refusal;
  const { operation, bucket, region } = asked;
  const said = firstLine(refusal.message);
  if (code === "") return notS3(status, wrap);
  if (THROTTLED.test(code) || status === 429) {
    return wrap(
      "throttled",
      `throttled by S3 at ${operation} (${code})`,
      "try again later, or with fewer at once",
    );
  }
  if (PASSING.test(code) || (status >= 500 && status !== 501)) {
    return wrap("service", `S3 failed at ${operation}: ${code}: ${said}`, "try again later");
  }
  if (code === "RequestTimeTooSkewed") {
    return wrap("credentials", "this machine's clock and the server's differ too much", "set the clock");
  }
  if (code === "NoSuchBucket") {
    return wrap(
      "no-such-bucket",
      `no such bucket: ${bucket}`,
      "check the name, the account and the endpoint",
    );
  }
  if (CREDENTIALS.test(code)) return wrap("credentials", `${code}: ${said}`, CREDENTIALS_HINT);
  if (ELSEWHERE.test(code)) {
    const place = refusal.region ? `is in ${refusal.region}` : `isn't in ${region}`;
    return wrap("service-refused", `the bucket ${place}: ${code}`, "check the region and the endpoint");
  }
  if (PERMISSION.test(code)) return wrap("permission", `not allowed to ${operation}: ${said}`, grant(asked));
  if (code === "InvalidObjectState") {
    return new DdbrError("archived", "archived: it cannot be read", {
      subject: `s3://${bucket}/${asked.key}`,
      hint: "restore it first (aws s3api restore-object)",
      cause: refusal,
    });
  }
  if (code === "PreconditionFailed") return wrap("condition-failed", `${operation}: ${said}`);
  return wrap("service-refused", `${operation} refused: ${code}: ${said}`);
}

/** Whole, but not what S3 says; a proxy on the way may fail so for a moment. */
function notS3(status: number | undefined, wrap: Wrap): DdbrError {
  return wrap(
    status !== undefined && status >= 500 ? "service" : "service-refused",
    `what answers there does not speak S3${status === undefined ? "" : ` (HTTP status ${status})`}`,
    ENDPOINT_HINT,
  );
}

/** The right that an operation needs, where it hasn't the operation's own name. */
const RIGHTS: Record<string, string> = {
  HeadObject: "GetObject",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListMultipartUploads: "ListBucketMultipartUploads",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  CompleteMultipartUpload: "PutObject",
};
const OF_THE_BUCKET = /^(ListBucket|GetBucket)/;

function grant({ operation, version, bucket, prefix, region }: Asked): string {
  const right = RIGHTS[operation] ?? operation;
  const arn = `arn:${partition(region)}:s3:::${bucket}`;
  if (OF_THE_BUCKET.test(right)) return `grant s3:${right} on ${arn}`;
  const objects = `${arn}/${prefix === "" ? "" : `${prefix}/`}*`;
  if (right !== "GetObject") return `grant s3:${right} on ${objects}`;
  // Without the right to list, S3 answers so for an object that isn't there.
  return `grant s3:GetObject${version ? "Version" : ""} on ${objects} and s3:ListBucket on ${arn}`;
}

function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function isConnectionFailure(error: Error & { code?: unknown; cause?: unknown }): boolean {
  if (error.name === "TimeoutError") return true;
  if (CONNECTION.test(String(error.code ?? ""))) return true;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && CONNECTION.test(String(cause.code))) return true;
  return error instanceof TypeError && /fetch failed|network|terminated|socket/i.test(error.message);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
