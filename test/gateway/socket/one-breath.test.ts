import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ADA, newKey, openSmallShop, type SmallShop } from './small-shop.ts';
import { TestScreen } from './test-screen.ts';

let shop: SmallShop;
before(async () => {
  shop = await openSmallShop();
});
after(() => shop?.[Symbol.asyncDispose]());

test('a hold and what is done with it may be sent in one breath, if the screen has chosen its id', async () => {
  const screen = await TestScreen.open(shop.url, shop.owner);
  const holdIds = Array.from({ length: 10 }, () => newKey());
  const answers = holdIds.flatMap((id, number) => {
    const holdId = number % 2 === 0 ? id : id.toUpperCase();
    return [
      screen.ask('place-hold', { key: newKey(), id, serviceId: shop.haircut, startsAt: shop.nextStart(), staffId: shop.staff[0]?.id }),
      screen.ask('book', { key: newKey(), holdId, customer: ADA }),
    ];
  });
  for (const answer of await Promise.all(answers)) assert.ok(answer.ok, JSON.stringify(answer));
  const [taken, book] = await Promise.all([
    screen.ask('place-hold', { key: newKey(), id: holdIds[0], serviceId: newKey(), startsAt: shop.nextStart(), staffId: shop.staff[0]?.id }),
    screen.ask('book', { key: newKey(), holdId: newKey(), customer: ADA }),
  ]);
  assert.deepEqual([taken.problem?.code, book.problem?.code], ['not-found', 'hold-not-found']);
  screen.close();
});
