/** Tables carry `[text](address)`; the page shows the text. */
export function linkText(cell: string): string {
  const match = /^\[([^\]]*)\]\(.*\)$/s.exec(cell);
  return match?.[1] ?? cell;
}

/** Texts in links are base64 of UTF-8; what cannot be read is not shown. */
export function decodeMessage(encoded: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll(' ', '+')), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
