const ZERO = 48;
const COLON = 58;
/** Of shorter texts the engine's own encoding costs more than doing it here. */
const SHORT = 20;
/** A UTF-16 code unit takes no more bytes in UTF-8. */
const MOST_BYTES = 3;
/** What may be written after a check without another. */
const MARGIN = 64;

/**
 * UTF-8 in one buffer that is used again and again. Whoever writes keeps the position: each method takes where to write and
 * returns where it ends. Grows as needed, so that nothing is ever cut off.
 */
export class ByteBuffer {
  /** For single bytes, of which there is room for a few after every call. */
  bytes = Buffer.allocUnsafeSlow(4096);

  text(text: string, at: number): number {
    const { length } = text;
    if (at + length * MOST_BYTES + MARGIN > this.bytes.length) this.#grow(at + length * MOST_BYTES);
    const bytes = this.bytes;
    if (length > SHORT) return at + bytes.write(text, at);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return at + bytes.write(text, at);
      bytes[at + index] = code;
    }
    return at + length;
  }

  /** The length, a colon and the text. */
  counted(text: string, at: number): number {
    return this.text(text, this.count(text.length, at));
  }

  /** A count in decimal digits, and a colon. */
  count(count: number, at: number): number {
    if (count >= 100) {
      const end = this.text(String(count), at);
      this.bytes[end] = COLON;
      return end + 1;
    }
    this.room(at);
    const bytes = this.bytes;
    const tens = (count / 10) | 0;
    let end = at;
    if (tens > 0) bytes[end++] = ZERO + tens;
    bytes[end++] = ZERO + count - tens * 10;
    bytes[end++] = COLON;
    return end;
  }

  copy(more: Uint8Array, at: number): number {
    const { length } = more;
    if (at + length + MARGIN > this.bytes.length) this.#grow(at + length);
    const bytes = this.bytes;
    for (let index = 0; index < length; index++) bytes[at + index] = more[index]!;
    return at + length;
  }

  /** Sees to it that there is room for a few bytes. */
  room(at: number): void {
    if (at + MARGIN > this.bytes.length) this.#grow(at);
  }

  #grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * wanted + MARGIN);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
