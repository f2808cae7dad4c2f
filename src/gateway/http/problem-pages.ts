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
    .map((text) => `<p>${escapeHtml(text.replaceAll('\n', ' ')).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`);
  return [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><code>${code}</code>, HTTP status ${status}</p>`,
    ...paragraphs,
    '<p class="links"><a href="/problems">All problems</a> <a href="/docs">API</a></p>',
  ].join('\n');
}
