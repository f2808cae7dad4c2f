/** RFC 5321, 4.5.3.1.3, without the angle brackets. */
const LONGEST_ADDRESS = 254;
/**
 * One address and nothing else: no white space or control character that could end a header, no comma, semicolon, colon or bracket that
 * could make it a list, a group or a name, no quotes and no comments.
 */
const PLAIN_ADDRESS = /^[^\s\p{C}@,;:<>()[\]\\"]+@[^\s\p{C}@,;:<>()[\]\\"]+$/u;

/** Whether an e-mail can be addressed to it as it stands. Addresses that are let in elsewhere may still be none of these. */
export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && PLAIN_ADDRESS.test(text);
}
