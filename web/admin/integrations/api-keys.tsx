import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import { KEY_SCOPES } from '../../../src/model/roles.ts';
import type { apiKey, newApiKey, newApiKeyBody } from '../../../src/protocol/api-keys.ts';
import { agoNow } from '../../kit/ago-now.ts';
import { type Problem, serverNow } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { choice, choiceOrNone, line, several } from '../../kit/field-kinds.tsx';
import { shortDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { withProof } from '../../kit/proof.tsx';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { openCatalog } from '../catalog.ts';
import type { FieldsOf } from '../drafts.ts';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { FormPart, RecordForm } from '../record-form.tsx';

type ApiKey = z.output<typeof apiKey>;
type Made = z.output<typeof newApiKey>;

const DAY = 86_400_000;
const LIVES = [
  { value: 'year', words: 'A year' },
  { value: 'quarter', words: 'Three months' },
  { value: 'never', words: 'Until it is revoked' },
] as const;
type Life = (typeof LIVES)[number]['value'];

/** The server's own default is a year. */
const endOf: Readonly<Record<Life, () => string | null | undefined>> = {
  year: () => undefined,
  quarter: () => new Date(serverNow() + 91 * DAY).toISOString(),
  never: () => null,
};

function keyFields(): FieldsOf<Omit<z.input<typeof newApiKeyBody>, 'id'>> {
  const lives = choice<Life>(LIVES);
  return {
    name: { label: 'What it is for', kind: line(), hint: 'So that you know later whether it can go.' },
    scopes: { label: 'What it may do', kind: several(KEY_SCOPES.map((scope) => ({ value: scope, words: scope }))) },
    locationId: {
      label: 'Where',
      kind: choiceOrNone(
        'All locations',
        openCatalog().locations.map(({ id, name }) => ({ value: id, words: name })),
      ),
    },
    expiresAt: {
      label: 'It works for',
      kind: { ...lives, show: () => 'year', say: (value) => value ?? 'a year', read: (typed) => ({ value: endOf[typed as Life]?.() }) },
    },
  };
}

export function ApiKeys() {
  const made = useSignal<Made | undefined>(undefined);
  const isOpen = useSignal(false);
  const reading = useReading(() => askAs<{ readonly items: readonly ApiKey[] }>('GET', '/v1/api-keys'));
  const onMade = async (key: Made) => {
    made.value = key;
    isOpen.value = false;
    await reading.again();
  };
  return (
    <>
      {made.value !== undefined && <Once made={made.value} />}
      {isOpen.value ? (
        <RecordForm
          id="integrations/key"
          fields={keyFields()}
          record={null}
          blank={{ name: '', scopes: [], locationId: null }}
          save={(body) => withProof(() => askAs<Made>('POST', '/v1/api-keys', { body: { name: '', scopes: [], ...body } }))}
          onSaved={(key) => void onMade(key)}
          words={{ save: 'Make the key', saved: 'The key is made. Copy it now: it is shown only once.' }}
        >
          {(form) => <FormPart title="New key" form={form} rows={[['name'], ['scopes'], ['locationId', 'expiresAt']]} />}
        </RecordForm>
      ) : (
        <div>
          <button
            type="button"
            class="button primary"
            onClick={() => {
              isOpen.value = true;
            }}
          >
            New key
          </button>
        </div>
      )}
      <Read reading={reading}>{({ items }) => <KeyList keys={items} onRevoked={reading.again} />}</Read>
    </>
  );
}

function Once({ made }: { readonly made: Made }) {
  return (
    <section class="once" aria-label="The new key">
      <p>
        <strong>{made.name}</strong>: copy the key now, it is not shown again.
      </p>
      <p>
        <code>{made.key}</code>
      </p>
      <div>
        <CopyButton text={made.key}>Copy the key</CopyButton>
      </div>
    </section>
  );
}

function KeyList({ keys, onRevoked }: { readonly keys: readonly ApiKey[]; readonly onRevoked: () => Promise<void> }) {
  const asked = useSignal<ApiKey | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const revoke = async ({ id, name }: ApiKey) => {
    const answer = await withProof(() => askAs('DELETE', `/v1/api-keys/${id}`));
    problem.value = answer.ok || answer.problem.code === 'not-found' ? undefined : answer.problem;
    if (problem.value !== undefined) return;
    tell(`The key “${name}” is revoked.`, ['What used it is refused from now on.']);
    await onRevoked();
  };
  const dayOf = (at: string | null, none: string) => (at === null ? none : shortDay(Date.parse(at), viewerZone()));
  return (
    <>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <Listing
        id="keys"
        words={['key', 'keys']}
        items={keys}
        keyOf={({ id }) => id}
        textOf={({ name, prefix, scopes }) => `${name} ${prefix} ${scopes.join(' ')}`}
        columns={[
          { id: 'name', name: 'For', show: ({ name }) => name, by: ({ name }) => name },
          { id: 'prefix', name: 'Begins with', show: ({ prefix }) => <code>{prefix}</code> },
          { id: 'scopes', name: 'May', show: ({ scopes }) => scopes.join(', ') },
          {
            id: 'used',
            name: 'Last used',
            show: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : agoNow(lastUsedAt)),
            by: ({ lastUsedAt }) => lastUsedAt ?? '',
          },
          { id: 'ends', name: 'Ends', show: ({ expiresAt }) => dayOf(expiresAt, 'never'), by: ({ expiresAt }) => expiresAt ?? '~' },
          {
            id: 'revoke',
            name: 'Revoke',
            show: (key) => (
              <button
                type="button"
                class="button danger"
                onClick={() => {
                  asked.value = key;
                }}
              >
                Revoke<span class="only-heard"> {key.name}</span>
              </button>
            ),
          },
        ]}
        empty={<p>No program has a key yet. Your website needs one to book for customers, for example.</p>}
      />
      {asked.value !== undefined && (
        <AskFirst
          title={`Revoke “${asked.value.name}”?`}
          confirm="Revoke"
          keep="Keep"
          onConfirm={() => asked.value !== undefined && void revoke(asked.value)}
          onClose={() => {
            asked.value = undefined;
          }}
        >
          <p>Programs that use it are refused at once. This cannot be undone.</p>
        </AskFirst>
      )}
    </>
  );
}
