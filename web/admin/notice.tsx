// What the last save has done, in sight until it is closed or another one says something.
import { signal } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';

const said = signal<{ readonly title: string; readonly lines: readonly string[] } | undefined>(undefined);

export function tell(title: string, lines: readonly string[] = []): void {
  said.value = { title, lines };
  announce([title, ...lines].join(' '));
}

function hush(): void {
  said.value = undefined;
}

export function Notice() {
  if (said.value === undefined) return null;
  const { title, lines } = said.value;
  return (
    <div class="banner well-done said">
      <div>
        <p>
          <strong>{title}</strong>
        </p>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <button type="button" class="button quiet" onClick={hush}>
        Close<span class="only-heard"> this message</span>
      </button>
    </div>
  );
}
