import { shop } from '../shop.ts';
import type { LetterWanted } from './door.ts';
import { BackToLogin } from './door-fields.tsx';
import { DoorHeading } from './door-heading.tsx';

const LINKS = {
  registration: 'Its link shows that the address is yours, and is good for two days.',
  password: 'If there is an account with this address, its link sets a new password, and is good for an hour.',
} as const satisfies Record<LetterWanted, string>;

/** The same for every address: who asks is not told whether it has an account. */
export function LetterOnItsWay({ about, to }: { readonly about: LetterWanted; readonly to: string }) {
  const isDemo = shop.value.state === 'ready' && shop.value.value.business.demo;
  return (
    <section class="card entrance-card">
      <DoorHeading>Look into your mail</DoorHeading>
      <p>
        A letter is on its way to <strong class="address">{to}</strong>. {LINKS[about]}
      </p>
      {isDemo ? (
        <div class="demo-hint">
          <p>
            This is the demo: the letter gets no further than its owner. Log in here as <strong>owner@demo.test</strong>, best in a private window, and open its
            link under <em>Letters</em>.
          </p>
        </div>
      ) : (
        <p class="soft">Nothing there after a few minutes? Look among the unwanted mail, or ask us: whoever runs this place sees which letters went out.</p>
      )}
      <BackToLogin>Back to the login</BackToLogin>
    </section>
  );
}
