// What a person is told, in the app and by e-mail: a switch for each.
import type { ChosenEmail } from '../../src/protocol/messages.ts';
import type { NotificationKind } from '../../src/protocol/notifications.ts';
import { choose, readSettings, settings } from './centre.ts';
import { BY_EMAIL } from './sentences.ts';
import { spoken, voice } from './voice.ts';

export function Choices() {
  const { choices: words, kinds } = voice.value.words;
  const hasEmail = settings.value?.email['daily-agenda'] !== undefined;
  return (
    <details class="bell-choices" onToggle={({ currentTarget }) => void (currentTarget.open && settings.value === undefined && readSettings())}>
      <summary>{words.title}</summary>
      {settings.value !== undefined && (
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col" class="soft">
                {words.inApp}
              </th>
              {hasEmail && (
                <th scope="col" class="soft">
                  {words.byEmail}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {(Object.entries(settings.value.inApp) as [NotificationKind, boolean][]).map(([kind, isWanted]) => (
              <tr key={kind}>
                <th scope="row">{kinds[kind]}</th>
                <Switch name={spoken(words.inAppOf, { what: kinds[kind] })} isOn={isWanted} onTurn={(isOn) => choose({ inApp: { [kind]: isOn } })} />
                {hasEmail && <EmailSwitch what={kinds[kind]} kind={BY_EMAIL[kind]} />}
              </tr>
            ))}
            {hasEmail && (
              <tr>
                <th scope="row">{words.day}</th>
                <td />
                <EmailSwitch what={words.day} kind="daily-agenda" />
              </tr>
            )}
          </tbody>
        </table>
      )}
      {hasEmail && <p class="soft small">{words.note}</p>}
    </details>
  );
}

/** `kind`: left out where there is no such e-mail. */
function EmailSwitch({ what, kind }: { readonly what: string; readonly kind: ChosenEmail | undefined }) {
  if (kind === undefined) return <td />;
  const name = spoken(voice.value.words.choices.byEmailOf, { what });
  return <Switch name={name} isOn={settings.value?.email[kind] === true} onTurn={(isOn) => choose({ email: { [kind]: isOn } })} />;
}

function Switch({ name, isOn, onTurn }: { readonly name: string; readonly isOn: boolean; readonly onTurn: (isOn: boolean) => Promise<void> }) {
  return (
    <td>
      <label class="bell-choice">
        <input type="checkbox" aria-label={name} checked={isOn} onChange={({ currentTarget }) => void onTurn(currentTarget.checked)} />
      </label>
    </td>
  );
}
