// The HTML of a mail: tables and inline styles, which is all that every mail program knows; 600 px at most; nothing is loaded from anywhere.
import type { MessageLocale } from '../protocol/messages.ts';
import type { TemplateBlock } from './template.ts';

/** What a mail says, before it is plain text or HTML. */
export type Said = {
  readonly subject: string;
  readonly heading: string;
  /** In this order; the first text is also what mail programs show beside the subject. */
  readonly blocks: readonly ({ readonly text: string } | TemplateBlock)[];
  readonly rows: readonly (readonly [label: string, value: string])[];
  readonly action: { readonly text: string; readonly link: string } | null;
  readonly footer: string;
};

const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';
/** Only for programs that have dark colours; all others take what is inline. */
const DARK =
  '@media (prefers-color-scheme:dark){.page{background:#15191c!important}.card{background:#20262a!important}.ink{color:#eef2f4!important}.soft{color:#a9b4ba!important}}';
/** On a phone labels stand above what they name, so that no word has to be broken. */
const NARROW =
  '@media (max-width:420px){.row,.row th,.row td{display:block!important}.row th{padding:6px 0 0!important;white-space:normal!important}.row td{padding:0 0 2px!important}}';
/** Keeps the first words of the table out of what is shown beside the subject. */
const FILLER = '&#847;&zwnj;&nbsp;'.repeat(40);

export function htmlOf({ subject, heading, blocks, rows, action, footer }: Said, locale: MessageLocale): string {
  const cells = rows.map(
    ([
      label,
      value,
    ]) => `<tr class="row"><th scope="row" class="soft" style="${FONT};text-align:left;vertical-align:top;padding:4px 16px 4px 0;font-weight:400;color:#5a676e;white-space:nowrap">${escaped(label)}</th>
<td class="ink" style="${FONT};padding:4px 0;color:#15191c;word-break:break-word;overflow-wrap:anywhere">${escaped(value)}</td></tr>`,
  );
  const html = {
    details: `<table cellpadding="0" cellspacing="0" style="margin:20px 0 0;font-size:16px;line-height:1.4">${cells.join('')}</table>`,
    manage:
      action === null
        ? ''
        : `<p style="margin:24px 0 0"><a href="${escaped(action.link)}" style="${FONT};display:inline-block;background:#0b5d57;color:#ffffff;text-decoration:none;padding:12px 20px;border-radius:6px;font-weight:600;line-height:1.3;text-align:center">${escaped(action.text)}</a></p>`,
  };
  const paragraph = (text: string) => `<p class="ink" style="${FONT};margin:8px 0 0;color:#15191c">${escaped(text).replaceAll('\n', '<br>')}</p>`;
  const body = blocks.map((block) => (typeof block === 'string' ? html[block] : paragraph(block.text)));
  const first = blocks.find((block) => typeof block !== 'string');
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title><style>${DARK}${NARROW}</style></head>
<body class="page" style="margin:0;padding:0;background:#f2f4f5">
<div style="display:none;max-height:0;overflow:hidden">${escaped(first?.text ?? heading)}${FILLER}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page" style="background:#f2f4f5"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:600px;background:#ffffff;border-radius:8px"><tr><td style="padding:32px 28px;font-size:16px;line-height:1.5">
<h1 class="ink" style="${FONT};margin:0;font-size:22px;line-height:1.3;color:#15191c">${escaped(heading)}</h1>
${body.filter((part) => part !== '').join('\n')}
</td></tr></table>
<p class="soft" style="${FONT};max-width:600px;margin:16px auto 0;font-size:13px;color:#5a676e">${escaped(footer)}</p>
</td></tr></table></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
