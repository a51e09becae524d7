/**
 * Makes untrusted text safe for a terminal: an alert title or a log line may hold escape sequences that move the
 * cursor, rename the window or hide lines, or marks that reverse the direction of text. They are shown as `\x1b` and so on.
 */
export function plainText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

// C0 and C1 controls, DEL, bidirectional marks and overrides (Unicode 15, UAX 9), line and paragraph separators.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
