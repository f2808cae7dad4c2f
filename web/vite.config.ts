// How the pages are bundled: every HTML file of this folder is a page, and nothing is inlined, so that the strict CSP holds.
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    // A small image as a data: address would need `img-src data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    rolldownOptions: { input: globSync('**/*.html', { cwd: here('.') }).map((page) => here(page)) },
  },
});
