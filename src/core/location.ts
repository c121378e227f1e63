import { DdbrError } from "./errors.ts";

/** Where a table is, as the user wrote it and as the SDK wants it. */
export interface TableLocation {
  /** As typed, for messages. */
  text: string;
  /** Table name, or the whole ARN (which reaches tables of other accounts). */
  table: string;
  /** Table name alone. */
  name: string;
  region?: string;
  /** Set where the location names a server: DynamoDB Local, the demo, a VPC endpoint. */
  endpoint?: string;
}

export const TABLE_FORMS =
  "a table is region/table, host:port/table, http(s)://host[:port]/table, local/table or a table's ARN";

const LOCAL_ENDPOINT = "http://127.0.0.1:8000";

// DynamoDB Local gives its tables ARNs of a region that it calls ddblocal.
const ARN = /^arn:aws[a-z-]*:dynamodb:([a-z]{2,}(?:-[a-z]+)+-\d+|ddblocal):\d{12}:table\/([^/]+)(\/.*)?$/;
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const HOST_AND_PORT = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d+)$/;

/** Reads a table's location; throws a `location` error that says what is wrong with it. */
export function parseTableLocation(text: string): TableLocation {
  if (text === "") throw wrong(text, "is empty");
  if (/[\s\p{C}]/u.test(text)) throw wrong(text, "holds white space or control characters");
  if (text.startsWith("arn:")) return parseArn(text);
  const url = /^([a-z0-9+.-]+):\/\//i.exec(text);
  if (url !== null) return parseUrl(text, url[1]!.toLowerCase());
  const slash = text.indexOf("/");
  if (slash < 0) throw wrong(text, `has no "/": a region or a server belongs before the table's name`);
  const place = text.slice(0, slash);
  const name = tableName(text, text.slice(slash + 1));
  if (place === "local") return { text, table: name, name, endpoint: LOCAL_ENDPOINT };
  if (HOST_AND_PORT.test(place)) return parseServer(text, `http://${place}`, name);
  if (REGION.test(place)) return { text, table: name, name, region: place };
  if (place === "") throw wrong(text, `has nothing before the "/"`);
  throw wrong(text, `"${place}" is neither a region such as eu-west-1 nor a host:port`);
}

function parseUrl(text: string, scheme: string): TableLocation {
  if (scheme !== "http" && scheme !== "https") throw wrong(text, `"${scheme}://" is no way to reach a table`);
  const slash = text.lastIndexOf("/");
  const server = text.slice(0, slash);
  if (server.length <= scheme.length + "://".length - 1) throw wrong(text, "names a server but no table");
  return parseServer(text, server, tableName(text, text.slice(slash + 1)));
}

function parseServer(text: string, server: string, name: string): TableLocation {
  const url = URL.parse(server);
  if (url === null || url.hostname === "") throw wrong(text, `"${server}" is not a server's address`);
  if (url.username !== "" || url.password !== "") {
    throw wrong(text, "holds a user name or password: credentials come from the environment or a profile");
  }
  if (url.search !== "" || url.hash !== "") throw wrong(text, `holds "?" or "#"`);
  return { text, table: name, name, endpoint: server };
}

function parseArn(text: string): TableLocation {
  const match = ARN.exec(text);
  if (match === null) {
    throw wrong(
      text,
      "is not a table's ARN, which looks like arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    );
  }
  const [, region, name, rest] = match;
  if (rest !== undefined) throw wrong(text, `names a part of a table ("${rest}"): leave that away`);
  return { text, table: text, name: tableName(text, name!), region: region! };
}

function tableName(text: string, name: string): string {
  if (name === "") throw wrong(text, 'has no table\'s name after the "/"');
  if (name.includes("/")) throw wrong(text, `has more than one "/": "${name}" is no table's name`);
  if (!/^[a-zA-Z0-9_.-]+$/.test(name)) {
    throw wrong(text, `"${name}" is no table's name: letters, digits and _ . - only`);
  }
  if (name.length < 3 || name.length > 255)
    throw wrong(text, `"${name}": a table's name has 3 to 255 characters`);
  return name;
}

function wrong(text: string, problem: string): DdbrError {
  // A password typed into a location must not end up in a log.
  const shown = text.replace(/^(\w+:\/\/)?[^/]*@/, "$1…@");
  return new DdbrError("location", problem, { subject: JSON.stringify(shown), hint: TABLE_FORMS });
}
