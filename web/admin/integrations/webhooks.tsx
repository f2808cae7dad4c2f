import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import { FACT_NAMES } from '../../../src/model/facts.ts';
import { WEBHOOK_TYPES, type WebhookType } from '../../../src/model/payment-facts.ts';
import type { newWebhookBody, WebhookReply, webhookChangeBody } from '../../../src/protocol/webhooks.ts';
import type { Answer, Problem } from '../../kit/api.ts';
import { CopyButton } from '../../kit/copy-button.tsx';
import { choice, choiceOrNone, line, several } from '../../kit/field-kinds.tsx';
import { counted } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { openCatalog } from '../catalog.ts';
import type { FieldsOf } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { go, hrefOf } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { Removal } from '../removal.tsx';
import { change } from '../writes.ts';
import { type Attempt, attemptWords, Deliveries } from './deliveries.tsx';

const TAB = 'integrations';
const PART = 'webhooks';
const NEW = 'new';
const WHY_DISABLED = {
  'by-hand': 'It was disabled by hand.',
  failing: 'Everything has failed for five days, so it was disabled.',
  gone: 'Its receiver answered 410, which means that it is gone for good, so it was disabled.',
  'maker-gone': 'The person or key that made it may not have webhooks any more, so it was disabled. Please make a new one.',
  'too-many-waiting': 'Too much waited for it, so it was disabled.',
} as const satisfies Record<NonNullable<WebhookReply['disabledBecause']>, string>;
const STATES = { active: 'active', failing: 'failing', disabled: 'disabled' } as const satisfies Record<WebhookReply['status'], string>;

export function Webhooks() {
  const reading = useReading(() => askAs<{ readonly items: readonly WebhookReply[] }>('GET', '/v1/webhooks'));
  const add = (
    <a class="button primary" href={hrefOf(TAB, PART, NEW)}>
      New webhook
    </a>
  );
  return (
    <Read reading={reading}>
      {({ items }) => (
        <>
          {items.length > 0 && <div>{add}</div>}
          <Listing
            id="webhooks"
            words={['webhook', 'webhooks']}
            items={items}
            keyOf={({ id }) => id}
            hrefOf={({ id }) => hrefOf(TAB, PART, id)}
            textOf={({ url, types }) => `${url} ${types.join(' ')}`}
            columns={[
              { id: 'url', name: 'Address', show: ({ url }) => url, by: ({ url }) => url },
              {
                id: 'types',
                name: 'Is told of',
                show: ({ types }) => (types.length === WEBHOOK_TYPES.length ? 'everything' : counted(types.length, 'kind', 'kinds')),
              },
              { id: 'status', name: 'State', show: ({ status }) => STATES[status], by: ({ status }) => status },
              { id: 'lag', name: 'Waiting', show: ({ lag }) => lag, by: ({ lag }) => lag, isNumber: true },
            ]}
            filters={[
              {
                id: 'state',
                name: 'State',
                options: [
                  { id: 'all', name: 'All states', isIn: () => true },
                  { id: 'trouble', name: 'In trouble', isIn: ({ status }) => status !== 'active' },
                ],
              },
            ]}
            empty={
              <>
                <p>No program is told yet of what happens here.</p>
                {add}
              </>
            }
          />
        </>
      )}
    </Read>
  );
}

/** `types`: what its maker may ask for. */
function webhookFields(types: readonly WebhookType[] = WEBHOOK_TYPES) {
  return {
    url: { label: 'Address', kind: line('url'), hint: 'https, reachable from the internet.' },
    types: {
      label: 'Is told of',
      kind: several(
        types.map((name) => ({ value: name, words: name })),
        'everything',
      ),
    },
  };
}

const BACK = { href: hrefOf(TAB, PART), words: 'All webhooks' };

export function Webhook({ id }: { readonly id: string }) {
  return id === NEW ? <NewWebhook /> : <OneWebhook id={id} />;
}

function NewWebhook() {
  const made = useSignal<(WebhookReply & { readonly secret: string }) | undefined>(undefined);
  const fields: FieldsOf<Omit<z.input<typeof newWebhookBody>, 'id'>> = {
    ...webhookFields(),
    locationId: {
      label: 'Where',
      kind: choiceOrNone(
        'All locations',
        openCatalog().locations.map(({ id, name }) => ({ value: id, words: name })),
      ),
    },
  };
  if (made.value !== undefined)
    return (
      <>
        <Head title="The webhook is made" back={BACK} />
        <Secret secret={made.value.secret} />
        <div>
          <a class="button primary" href={hrefOf(TAB, PART, made.value.id)}>
            Go on
          </a>
        </div>
      </>
    );
  return (
    <>
      <Head title="New webhook" back={BACK} />
      <RecordForm
        id={`${TAB}/${PART}`}
        fields={fields}
        record={null}
        blank={{ url: '', types: [...WEBHOOK_TYPES], locationId: null }}
        save={(body) => change<WebhookReply & { readonly secret: string }>('POST', '/v1/webhooks', { url: '', ...body })}
        onSaved={(webhook) => {
          made.value = webhook;
        }}
        words={{ save: 'Add', saved: 'The webhook is added. Copy its secret now.' }}
      >
        {(form) => <FormPart title="Whom to tell" form={form} rows={[['url'], ['types'], ['locationId']]} />}
      </RecordForm>
    </>
  );
}

function Secret({ secret }: { readonly secret: string }) {
  return (
    <section class="once" aria-label="The secret">
      <p>Every delivery is signed with this secret. Copy it now: it is not shown again.</p>
      <p>
        <code>{secret}</code>
      </p>
      <div>
        <CopyButton text={secret}>Copy the secret</CopyButton>
      </div>
    </section>
  );
}

function OneWebhook({ id }: { readonly id: string }) {
  const path = `/v1/webhooks/${id}`;
  const reading = useReading(() => askAs<WebhookReply>('GET', path));
  return (
    <Read reading={reading}>
      {(webhook) => (
        <>
          <Head title={webhook.url} back={BACK} lead={`${STATES[webhook.status]} · ${counted(webhook.lag, 'fact waits', 'facts wait')}`} />
          {webhook.disabledBecause !== undefined && (
            <p class="banner">
              {WHY_DISABLED[webhook.disabledBecause]}
              {webhook.disabledBecause !== 'maker-gone' && ' Once it is active again, “And all after it” below also sends what has happened meanwhile.'}
            </p>
          )}
          <Form webhook={webhook} onSaved={reading.again} />
          <Trying path={path} onDone={reading.again} />
          <Deliveries path={path} />
        </>
      )}
    </Read>
  );
}

function Form({ webhook, onSaved }: { readonly webhook: WebhookReply; readonly onSaved: () => Promise<void> }) {
  const path = `/v1/webhooks/${webhook.id}`;
  const fields: FieldsOf<z.input<typeof webhookChangeBody>> = {
    ...webhookFields(webhook.by.apiKeyId === undefined ? WEBHOOK_TYPES : FACT_NAMES),
    status: {
      label: 'State',
      kind: choice([
        { value: 'active', words: 'Active' },
        { value: 'disabled', words: 'Disabled' },
      ]),
    },
  };
  const recordOf = (one: WebhookReply) => ({ ...one, status: one.status === 'disabled' ? 'disabled' : 'active' });
  const reread = async () => {
    const answer = await askAs<WebhookReply>('GET', path);
    return answer.ok ? recordOf(answer.body) : undefined;
  };
  return (
    <RecordForm
      id={`${TAB}/${PART}/${webhook.id}`}
      fields={fields}
      record={recordOf(webhook)}
      reread={reread}
      save={(body, version) => change<WebhookReply>('PATCH', path, body, version)}
      onSaved={() => void onSaved()}
      words={{ save: 'Save', saved: 'The webhook is saved.' }}
      acts={
        <Removal
          name="this webhook"
          path={path}
          version={webhook.version}
          consequence="It is told nothing more. Its log goes, too."
          onRemoved={() => go(TAB, PART)}
        />
      }
    >
      {(form) => <FormPart title="Whom to tell" form={form} rows={[['url'], ['types'], ['status']]} />}
    </RecordForm>
  );
}

function Trying({ path, onDone }: { readonly path: string; readonly onDone: () => Promise<void> }) {
  const problem = useSignal<Problem | undefined>(undefined);
  const attempt = useSignal<Attempt | undefined>(undefined);
  const secret = useSignal<string | undefined>(undefined);
  const take = async <Body,>(asked: Promise<Answer<Body>>, use: (body: Body) => void) => {
    const answer = await asked;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) use(answer.body);
    await onDone();
  };
  const test = () => take(askAs<Attempt>('POST', `${path}/test`, { body: {} }), (body) => (attempt.value = body));
  const rotate = () => take(change<{ readonly secret: string }>('POST', `${path}/rotate-secret`, {}), (body) => (secret.value = body.secret));
  return (
    <section class="card panel-card record" aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <div class="actions">
        <button type="button" class="button" onClick={() => void test()}>
          Send a test
        </button>
        <button type="button" class="button" onClick={() => void rotate()}>
          New secret
        </button>
      </div>
      {attempt.value !== undefined && (
        <p role="status">
          The test {attemptWords(attempt.value)}.{' '}
          {attempt.value.reply !== null && attempt.value.reply !== '' && <span class="soft">It answered: {attempt.value.reply}</span>}
        </p>
      )}
      {secret.value !== undefined && (
        <>
          <Secret secret={secret.value} />
          <p>For 24 hours everything is signed with the secret of before, too.</p>
        </>
      )}
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
    </section>
  );
}
