import { shop } from '../kit/shop.ts';
import type { EmailWanted } from './door.ts';
import { BackToLogin } from './door-fields.tsx';
import { DoorHeading } from './door-heading.tsx';

const LINKS = {
  registration: 'Open its link within two days to verify your address.',
  password: 'If this address has an account, the e-mail contains a link to set a new password. The link is valid for one hour.',
} as const satisfies Record<EmailWanted, string>;

/** The same for every address, so that it does not reveal whether there is an account. */
export function EmailOnItsWay({ about, to }: { readonly about: EmailWanted; readonly to: string }) {
  const isDemo = shop.value.state === 'ready' && shop.value.value.business.demo;
  return (
    <section class="card entrance-card">
      <DoorHeading>Check your e-mail</DoorHeading>
      <p>
        We sent an e-mail to <strong class="address">{to}</strong>. {LINKS[about]}
      </p>
      {isDemo ? (
        <div class="demo-hint">
          <p>
            The demo sends no e-mail. Log in here as <strong>owner@demo.test</strong>, best in a private window, and open the link under <em>E-mails</em>.
          </p>
        </div>
      ) : (
        <p class="soft">No e-mail after a few minutes? Check your spam folder, or ask us: we can see whether it was sent.</p>
      )}
      <BackToLogin>Back to login</BackToLogin>
    </section>
  );
}
