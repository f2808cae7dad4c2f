// Programs that work with this one: API keys, webhooks, calendars.
import { Head } from '../head.tsx';
import { hrefOf, type TabProps } from '../places.ts';
import { ApiKeys } from './api-keys.tsx';
import { Webhook, Webhooks } from './webhooks.tsx';

const TAB = 'integrations';

export function IntegrationsTab({ user, path: [part, id] }: TabProps) {
  const isOwner = user.role === 'owner';
  const shown = part === 'webhooks' || !isOwner ? 'webhooks' : 'keys';
  if (shown === 'webhooks' && id !== undefined) return <Webhook key={id} id={id} />;
  return (
    <>
      <Head title="Integrations" lead="Calendars of other programs are with each person, under Team." />
      <nav class="parts" aria-label="Integrations">
        {isOwner && <Part part="keys" words="API keys" shown={shown} />}
        <Part part="webhooks" words="Webhooks" shown={shown} />
        <a href={hrefOf('team')}>Calendars</a>
      </nav>
      {shown === 'keys' ? <ApiKeys /> : <Webhooks />}
    </>
  );
}

function Part({ part, words, shown }: { readonly part: string; readonly words: string; readonly shown: string }) {
  return (
    <a href={hrefOf(TAB, part)} {...(part === shown && { 'aria-current': 'page' as const })}>
      {words}
    </a>
  );
}
