/** Every UTF-16 unit as `\u00e9`: plain ASCII, and JSON text stays JSON. */
export function spellOut(text: string): string {
  let spelled = "";
  for (let index = 0; index < text.length; index++) {
    spelled += `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return spelled;
}
