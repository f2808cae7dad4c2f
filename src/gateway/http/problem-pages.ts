// `/problems/{code}`: what a problem's `type` leads to, for people.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express from 'express';
import { PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../../protocol/problems.ts';
import { escapeHtml, type PlainPage } from './plain-page.ts';

const ONE_HOUR = 'public, max-age=3600';

export function problemPages(docsDirectory: string | null, page: PlainPage): express.Router {
  const router = express.Router();
  router.get('/problems', (_request, response) => {
    const items = PROBLEM_CODES.map(
      (code) => `<li><a href="/problems/${code}">${code}</a> (${PROBLEMS[code].status}): ${escapeHtml(PROBLEMS[code].title)}</li>`,
    ).join('\n');
    response
      .set('Cache-Control', ONE_HOUR)
      .type('html')
      .send(page('Problems · Slotkeeper', `<h1>Problems</h1>\n<ul>\n${items}\n</ul>`));
  });
  router.get('/problems/:code', async (request, response, next) => {
    const code = PROBLEM_CODES.find((known) => known === request.params.code);
    if (code === undefined) return next();
    response
      .set('Cache-Control', ONE_HOUR)
      .type('html')
      .send(page(`${code} · Slotkeeper`, explained(code, await explanationOf(code, docsDirectory))));
  });
  return router;
}

/** The section of `docs/problems.md` under a heading that has the code in it. A page without one is still true, only shorter. */
async function explanationOf(code: ProblemCode, docsDirectory: string | null): Promise<string> {
  if (docsDirectory === null) return '';
  const sections = (await readFile(join(docsDirectory, 'problems.md'), 'utf8')).split(/^#{2,3} /m).slice(1);
  const section = sections.find((text) => text.slice(0, text.indexOf('\n')).includes(`\`${code}\``) || text.slice(0, text.indexOf('\n')).trim() === code);
  return section?.slice(section.indexOf('\n') + 1).trim() ?? '';
}

function explained(code: ProblemCode, explanation: string): string {
  const { status, title } = PROBLEMS[code];
  const paragraphs = explanation
    .split(/\n{2,}/)
    .filter((text) => text.trim() !== '')
    .map(asHtml);
  return [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><code>${code}</code>, HTTP status ${status}</p>`,
    ...paragraphs,
    '<p class="links"><a href="/problems">All problems</a> <a href="/docs">API</a></p>',
  ].join('\n');
}

/** A paragraph or a list, with the little Markdown that problems.md uses. Links lead to other problems; those to other documents become plain text. */
function asHtml(text: string): string {
  const lines = text.split('\n');
  if (!lines.every((line) => line.startsWith('- '))) return `<p>${inline(text.replaceAll('\n', ' '))}</p>`;
  return `<ul class="text">\n${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('\n')}\n</ul>`;
}

function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\[([^\]]+)\]\(#([a-z-]+)\)/g, '<a href="/problems/$2">$1</a>')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}
