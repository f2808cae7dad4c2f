import assert from 'node:assert/strict';

/** What was listed, where the cursor is one that a list has given. */
export async function pageOf<Page extends object>(listed: Promise<Page | 'unknown-cursor'>): Promise<Page> {
  const page: Page | 'unknown-cursor' = await listed;
  if (typeof page === 'string') assert.fail(page);
  return page;
}
