// How the pages are bundled: every HTML file of this folder is a page, and nothing is inlined, so that the strict CSP holds.
import { globSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { IntlMessageFormat } from 'intl-messageformat';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What pages say, with its ICU messages parsed already: browsers need no parser then, which is larger than all that is said. */
function parsedWords(): Plugin {
  const parsed = (words: unknown): unknown => {
    if (typeof words === 'string') return words.includes('{') || words.includes('<') ? new IntlMessageFormat(words, 'en').getAst() : words;
    return Object.fromEntries(Object.entries(words as object).map(([name, one]) => [name, parsed(one)]));
  };
  return {
    name: 'parsed-words',
    enforce: 'pre',
    async load(id) {
      if (!/\/words\/(?:staff\/)?[a-z]{2}\.ts$/.test(id)) return null;
      const words: object = await import(`${pathToFileURL(id)}`);
      return Object.entries(words)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(parsed(value))};`)
        .join('\n');
    },
  };
}

type Graph = Pick<Rolldown.PluginContext, 'getModuleInfo'>;
let ofBooking: Set<string> | undefined;

/** Whether the first visit of the booking page runs it. What is loaded on demand is no part of that. */
function isOfBooking(id: string, graph: Graph): boolean {
  if (ofBooking === undefined) {
    ofBooking = new Set([here('booking/main.tsx')]);
    // A set also visits what is added on the way.
    for (const one of ofBooking) for (const imported of graph.getModuleInfo(one)?.importedIds ?? []) ofBooking.add(imported);
  }
  return ofBooking.has(id);
}

/** The script for other sites, which no page of ours loads. */
const EMBED_SCRIPT = 'embed-script';
const PAGES = globSync('**/*.html', { cwd: here('.') }).map((page) => [page.slice(0, -'.html'.length), here(page)]);

export default defineConfig({
  root: here('.'),
  base: '/',
  plugins: [parsedWords()],
  resolve: { alias: { '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/no-parser.js' } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    // A small image as a data: address would need `img-src data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    // One script for what customers and staff share, instead of one for each way in which pages share. Customers load nothing that only staff need.
    rolldownOptions: {
      output: {
        // Other sites name the script in their pages, so its name stays.
        entryFileNames: ({ name }) => (name === EMBED_SCRIPT ? 'embed.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            {
              debugName: 'every-page',
              name: (id, graph) => (isOfBooking(id, graph) ? 'every-page' : null),
              test: /node_modules|\/web\/kit\/|\/src\/|^\0vite/,
              minShareCount: 2,
            },
          ],
        },
      },
      input: { ...Object.fromEntries(PAGES), [EMBED_SCRIPT]: here('embed/script.ts') },
    },
  },
});
