import type { ComponentChildren } from 'preact';

type SectionProps = { readonly id: string; readonly title: string; readonly lead: ComponentChildren; readonly children: ComponentChildren };

/** One section of the account: title on one side, content on the other. */
export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section class="matter" aria-labelledby={id}>
      <div class="matter-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <p class="soft">{lead}</p>
      </div>
      <div class="card matter-body">{children}</div>
    </section>
  );
}

/** For use when the focused element is gone. */
export function focusSection(id: string): void {
  document.getElementById(id)?.focus();
}
