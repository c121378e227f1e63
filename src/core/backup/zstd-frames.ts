const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Bytes of a frame's dictionary id, and of its content size, by their flags. */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const CHECKSUM_BYTES = 4;
const BLOCK_OF_ONE_BYTE = 1;
const RESERVED_BLOCK = 3;

/**
 * Passes zstd's bytes on and follows their frames (RFC 8878), since the decompressor ends without a word where its input is cut
 * short, and passes over what is no frame.
 * @throws Error that says what is wrong
 */
export async function* wholeFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const walk = frames();
  let wanted = walk.next().value as Wanted;
  let header: number[] = [];
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      const length = Math.min(wanted.bytes - header.length, chunk.length - at);
      if (wanted.kind === "skip") wanted = { ...wanted, bytes: wanted.bytes - length };
      else header.push(...chunk.subarray(at, at + length));
      at += length;
      if (header.length < wanted.bytes) continue;
      wanted = walk.next(header).value as Wanted;
      header = [];
    }
    yield chunk;
  }
  if (wanted.kind !== "start" || header.length > 0) throw new Error("unexpected end of file");
}

/** `start`: a frame's first bytes, or the end · `read`: bytes to look at · `skip`: bytes that don't matter; never 0 */
interface Wanted {
  kind: "start" | "read" | "skip";
  bytes: number;
}

/** Asks for bytes and is given those it has asked to look at. */
function* frames(): Generator<Wanted, never, number[]> {
  while (true) {
    const magic = littleEndian(yield { kind: "start", bytes: 4 });
    if (magic === FRAME) yield* blocks();
    else if (Math.floor(magic / 16) === SKIPPABLE / 16)
      yield* skip(littleEndian(yield { kind: "read", bytes: 4 }));
    else throw new Error("no zstd frame where one should begin");
  }
}

function* blocks(): Generator<Wanted, void, number[]> {
  const [flags = 0] = yield { kind: "read", bytes: 1 };
  const single = (flags >> 5) & 1;
  const contentSize = flags >> 6 === 0 ? single : CONTENT_SIZE_BYTES[(flags >> 6) as 1];
  yield* skip(1 - single + DICTIONARY_BYTES[(flags & 3) as 0] + contentSize);
  for (let last = false; !last; ) {
    const block = littleEndian(yield { kind: "read", bytes: 3 });
    const type = (block >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new Error("a block of no known type");
    last = (block & 1) === 1;
    yield* skip(type === BLOCK_OF_ONE_BYTE ? 1 : block >> 3);
  }
  if (((flags >> 2) & 1) === 1) yield* skip(CHECKSUM_BYTES);
}

function* skip(bytes: number): Generator<Wanted, void, number[]> {
  if (bytes > 0) yield { kind: "skip", bytes };
}

function littleEndian(bytes: number[]): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
