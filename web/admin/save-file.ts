// A file that the browser puts with its downloads.
import { type Answer, type Problem, UNREACHABLE } from '../kit/api.ts';
import { askAs } from '../kit/session.ts';

export function saveFile(name: string, type: 'text/csv' | 'application/json', text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Asks for a table and saves it. The mark that spreadsheets need is lost when a browser reads a text, so it is put back. */
export async function saveTable(path: string, name: string): Promise<Problem | undefined> {
  const answer: Answer<unknown> = await askAs('GET', path);
  if (!answer.ok) return answer.problem;
  // An answer of another kind is not from this server.
  if (typeof answer.body !== 'string') return UNREACHABLE;
  saveFile(name, 'text/csv', `\ufeff${answer.body}`);
  return undefined;
}
