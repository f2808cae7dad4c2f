// What a message has said before, who wrote it, and back to it.
import type { z } from 'zod';
import type { messageTemplate, templateVersions } from '../../../src/protocol/message-templates.ts';
import type { ManagedUserReply } from '../../../src/protocol/users.ts';
import { clock, shortDay } from '../../kit/money-and-time.ts';
import { useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { askEach } from '../ask-each.ts';
import { keepDraft } from '../drafts.ts';
import { tell } from '../notice.tsx';

type TemplateReply = z.output<typeof messageTemplate>;
type Version = z.output<typeof templateVersions>['items'][number];
type Names = ReadonlyMap<string, string>;
type Props = { readonly path: string; readonly form: string; readonly template: TemplateReply };

export function Versions({ path, form, template }: Props) {
  const versions = useReading(() => askAs<z.output<typeof templateVersions>>('GET', `${path}/versions`));
  const users = useReading(() => askEach<ManagedUserReply>('/v1/users'));
  if (versions.state.state !== 'ready') return null;
  const earlier = versions.state.value.items.filter(({ version }) => version !== template.version);
  if (earlier.length === 0) return null;
  // Who may not see users sees when it was.
  const names: Names = new Map(users.state.state === 'ready' ? users.state.value.map(({ id, name }) => [id, name]) : []);
  const use = ({ version, subject, body }: Version) => {
    keepDraft(form, { base: template, typed: { ...(subject !== undefined && { subject }), body }, news: {} });
    tell(`Version ${version} is in the form.`, ['Save to bring it back.']);
  };
  return (
    <section class="card record-part" aria-labelledby="versions">
      <h2 id="versions">Earlier texts</h2>
      <ul class="versions">
        {earlier.map((one) => (
          <li key={one.version}>
            <details>
              <summary>
                {one.isDefault ? 'As it comes with the program' : (one.subject ?? one.body)}
                <span class="soft small"> {writtenWords(one, names)}</span>
              </summary>
              <p class="said-by-mail">{one.body}</p>
            </details>
            <button type="button" class="button" onClick={() => use(one)}>
              Use this text<span class="only-heard"> of version {one.version}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="soft small">The last ten are kept.</p>
    </section>
  );
}

function writtenWords({ version, by, at }: Version, names: Names): string {
  const moment = at === undefined ? undefined : Date.parse(at);
  const who = by?.kind === 'api-key' ? 'a program' : names.get(by?.id ?? '');
  return [
    `Version ${version}`,
    ...(moment === undefined ? [] : [`${shortDay(moment, viewerZone())}, ${clock(moment, viewerZone())}`]),
    ...(who === undefined ? [] : [`by ${who}`]),
  ].join(', ');
}
