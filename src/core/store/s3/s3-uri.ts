/** Every character but these is written in hex where S3 signs a path or a query. */
export function encodeName(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key as part of a URL's path. */
export function encodeKey(key: string): string {
  return encodeName(key).replaceAll("%2F", "/");
}

export function encodeQuery(query: Record<string, string>): string {
  const members = Object.entries(query).map(([name, value]) => `${encodeName(name)}=${encodeName(value)}`);
  return members.length === 0 ? "" : `?${members.join("&")}`;
}
