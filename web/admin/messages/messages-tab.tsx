// What people are told: what was sent, what messages say, and which are sent at all.
import { Head } from '../head.tsx';
import { hrefOf, type TabProps } from '../places.ts';
import { Sent } from './sent.tsx';
import { Switches } from './switches.tsx';
import { Template, Templates } from './templates.tsx';

const PARTS = { sent: 'What was sent', texts: 'What they say', switches: 'Which are sent' } as const;
type Part = keyof typeof PARTS;

export function MessagesTab({ path: [part = 'sent', ...name] }: TabProps) {
  const shown: Part = part === 'texts' || part === 'switches' ? part : 'sent';
  if (shown === 'texts' && name.length === 3) return <Template key={name.join()} name={name} />;
  return (
    <>
      <Head title="Messages" lead="E-mails and texts about appointments." />
      <nav class="parts" aria-label="Messages">
        {(['sent', 'texts', 'switches'] as const).map((id) => (
          <a key={id} href={hrefOf('messages', id)} {...(id === shown && { 'aria-current': 'page' as const })}>
            {PARTS[id]}
          </a>
        ))}
      </nav>
      {shown === 'sent' && <Sent />}
      {shown === 'texts' && <Templates />}
      {shown === 'switches' && <Switches />}
    </>
  );
}
