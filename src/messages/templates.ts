// What the business makes messages say: read, written with a version, reset.
import { type AuditSource, auditEntry } from '../audit/audit-entry.ts';
import { type FieldError, inWords } from '../model/field-error.ts';
import type { Instant } from '../model/instant.ts';
import { answeredBefore, type KeyReused, type ReplyKey, type StoredReply } from '../model/kept-replies.ts';
import type { MessageStore } from './message-store-port.ts';
import { type MessageTemplate, type TemplateName, type TemplateText, type TemplateVersion, templateErrors, type Written } from './template.ts';

type Refusal =
  | { readonly code: 'invalid-request'; readonly detail: string; readonly errors: readonly FieldError[] }
  | { readonly code: 'version-mismatch'; readonly detail: string; readonly currentVersion: number }
  | KeyReused;
type Answer = { readonly outcome: 'saved' | 'replayed'; readonly reply: StoredReply } | { readonly outcome: 'refused'; readonly refusal: Refusal };
type Request = AuditSource & {
  readonly key: ReplyKey | null;
  readonly expectedVersions: readonly number[] | null;
  readonly reply: (value: MessageTemplate) => StoredReply;
};

type TemplatesParts = {
  readonly store: Pick<MessageStore, 'template' | 'templateVersions' | 'changing'>;
  /** Where links may lead. */
  readonly hosts: readonly string[];
  readonly now: () => Instant;
};

export class Templates {
  readonly #parts: TemplatesParts;

  constructor(parts: TemplatesParts) {
    this.#parts = parts;
  }

  read(name: TemplateName): Promise<MessageTemplate> {
    return this.#parts.store.template(name);
  }

  versions(name: TemplateName): Promise<readonly TemplateVersion[]> {
    return this.#parts.store.templateVersions(name);
  }

  errorsOf(name: TemplateName, text: TemplateText): readonly FieldError[] {
    return templateErrors(name, text, this.#parts.hosts);
  }

  /** `text`: null makes it say what it says by default. */
  async write(name: TemplateName, text: TemplateText | null, request: Request): Promise<Answer> {
    const errors = text === null ? [] : this.errorsOf(name, text);
    if (errors.length > 0) return { outcome: 'refused', refusal: { code: 'invalid-request', detail: inWords(errors), errors } };
    return this.#parts.store.changing(async (transaction): Promise<Answer> => {
      const answered = await answeredBefore(transaction, request.key);
      if (answered !== undefined) return answered;
      const before = await transaction.template(name);
      if (request.expectedVersions !== null && !request.expectedVersions.includes(before.version)) {
        const detail = 'The template has been changed meanwhile.';
        return { outcome: 'refused', refusal: { code: 'version-mismatch', detail, currentVersion: before.version } };
      }
      const after = text === null && before.text === null ? before : { ...name, text, version: before.version + 1 };
      if (after !== before) {
        const at = this.#parts.now();
        await transaction.putTemplate(after, { by: writerOf(request), at });
        const subject = { kind: 'message-template', id: `${name.kind}/${name.channel}/${name.locale}`, name: null } as const;
        const action = text === null ? 'message-template.reset' : 'message-template.changed';
        await transaction.addAuditEntry(auditEntry(request, at, { action, subject }));
      }
      const reply = request.reply(after);
      if (request.key !== null) await transaction.addReply(request.key, reply);
      return { outcome: 'saved', reply };
    });
  }
}

/** The right to write is of people and programs only. */
function writerOf({ by: { kind, id } }: AuditSource): Written['by'] {
  if ((kind !== 'user' && kind !== 'api-key') || id === null) throw new Error(`a text is not written by a ${kind}`);
  return { kind, id };
}
