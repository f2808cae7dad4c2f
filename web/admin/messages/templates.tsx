import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { messageTemplate, templateBody } from '../../../src/protocol/message-templates.ts';
import type { Problem } from '../../kit/api.ts';
import { AskFirst } from '../../kit/ask-first.tsx';
import { line, longText } from '../../kit/field-kinds.tsx';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { hrefOf } from '../places.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { change } from '../writes.ts';
import { CHANNELS, CUSTOMER_KINDS, KINDS, LOCALES, namesOf } from './kind-words.ts';
import { Preview } from './preview.tsx';
import { Versions } from './versions.tsx';

type TemplateReply = z.output<typeof messageTemplate>;
type Row = { readonly kind: keyof typeof KINDS; readonly channel: keyof typeof CHANNELS; readonly locale: keyof typeof LOCALES };

/** Staff are told by e-mail only. */
const channelsOf = (kind: Row['kind']) => namesOf(CHANNELS).filter((channel) => kind in CUSTOMER_KINDS || channel === 'email');
const ROWS: readonly Row[] = namesOf(KINDS).flatMap((kind) =>
  channelsOf(kind).flatMap((channel) => namesOf(LOCALES).map((locale) => ({ kind, channel, locale }))),
);
const wordsOf = ({ kind, channel, locale }: Row) => `${KINDS[kind]}, ${CHANNELS[channel]}, ${LOCALES[locale]}`;

export function Templates() {
  return (
    <Listing
      id="texts"
      words={['text', 'texts']}
      items={ROWS}
      keyOf={wordsOf}
      hrefOf={({ kind, channel, locale }) => hrefOf('messages', 'texts', kind, channel, locale)}
      textOf={wordsOf}
      columns={[
        { id: 'kind', name: 'When', show: ({ kind }) => KINDS[kind], by: ({ kind }) => KINDS[kind] },
        { id: 'channel', name: 'As', show: ({ channel }) => CHANNELS[channel], by: ({ channel }) => channel },
        { id: 'locale', name: 'In', show: ({ locale }) => LOCALES[locale], by: ({ locale }) => LOCALES[locale] },
      ]}
      filters={[
        {
          id: 'locale',
          name: 'Language',
          options: [
            ...namesOf(LOCALES).map((locale) => ({ id: locale, name: LOCALES[locale], isIn: (row: Row) => row.locale === locale })),
            { id: 'all', name: 'All languages', isIn: () => true },
          ],
        },
        {
          id: 'channel',
          name: 'Channel',
          options: [
            { id: 'all', name: 'E-mails and texts', isIn: () => true },
            ...namesOf(CHANNELS).map((channel) => ({ id: channel, name: CHANNELS[channel], isIn: (row: Row) => row.channel === channel })),
          ],
        },
      ]}
      empty={<p>There are no messages.</p>}
    />
  );
}

const isRow = (row: { readonly [part: string]: string | undefined }): row is Row =>
  ROWS.some(({ kind, channel, locale }) => row.kind === kind && row.channel === channel && row.locale === locale);

export function Template({ name: [kind, channel, locale] }: { readonly name: readonly string[] }) {
  const path = `/v1/message-templates/${kind}/${channel}/${locale}`;
  const reading = useReading(() => askAs<TemplateReply>('GET', path));
  const row = { kind, channel, locale };
  if (!isRow(row)) return <Head title="There is no such message" back={{ href: hrefOf('messages', 'texts'), words: 'All texts' }} />;
  return (
    <>
      <Head title={`${KINDS[row.kind]}: ${CHANNELS[row.channel]} in ${LOCALES[row.locale]}`} back={{ href: hrefOf('messages', 'texts'), words: 'All texts' }} />
      <Read reading={reading}>{(template) => <TemplateForm path={path} template={template} onChanged={reading.again} />}</Read>
    </>
  );
}

type FormProps = { readonly path: string; readonly template: TemplateReply; readonly onChanged: () => Promise<void> };

function TemplateForm({ path, template, onChanged }: FormProps) {
  const hasSubject = template.channel === 'email';
  const fields: FieldsOf<z.input<typeof templateBody>> = {
    subject: { label: 'Subject', kind: line() },
    body: {
      label: 'Text',
      kind: longText(12),
      hint: `May have ${template.placeholders.map((word) => `{{${word}}}`).join(', ')}. An empty line begins a new paragraph.`,
    },
  };
  const reread = async () => {
    const answer = await askAs<TemplateReply>('GET', path);
    return answer.ok ? answer.body : undefined;
  };
  const save = (body: Values, version: number | undefined) =>
    change<TemplateReply>('PUT', path, { ...(hasSubject && { subject: template.subject ?? '' }), body: template.body, ...body }, version);
  const id = `messages/${template.kind}/${template.channel}/${template.locale}`;
  return (
    <RecordForm
      id={id}
      fields={fields}
      record={template}
      reread={reread}
      save={save}
      onSaved={() => void onChanged()}
      words={{ save: 'Save', saved: 'The text is saved.' }}
      reach={() => 'Messages that wait to be sent say it already.'}
      acts={!template.isDefault && <Reset path={path} version={template.version} onDone={onChanged} />}
    >
      {(form) => (
        <div class="side-by-side">
          <div class="stacked">
            <FormPart
              title={template.isDefault ? 'As it comes with the program' : `Your text, version ${template.version}`}
              form={form}
              rows={hasSubject ? [['subject'], ['body']] : [['body']]}
            />
            <Versions key={template.version} path={path} form={id} template={template} />
          </div>
          <Preview path={path} values={hasSubject ? form.values : { body: form.values.body }} />
        </div>
      )}
    </RecordForm>
  );
}

function Reset({ path, version, onDone }: { readonly path: string; readonly version: number; readonly onDone: () => Promise<void> }) {
  const isAsked = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const reset = async () => {
    const answer = await change('DELETE', path, undefined, version);
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) tell('The text that comes with the program is back.');
    await onDone();
  };
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          isAsked.value = true;
        }}
      >
        Back to the default
      </button>
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {isAsked.value && (
        <AskFirst
          title="Drop your text?"
          confirm="Back to the default"
          keep="Keep mine"
          onConfirm={() => void reset()}
          onClose={() => {
            isAsked.value = false;
          }}
        >
          <p>The text that comes with the program is used again. Yours stays among the earlier texts.</p>
        </AskFirst>
      )}
    </>
  );
}
