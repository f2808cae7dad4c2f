// A measure as bars, drawn on a canvas by uPlot; the period before as a line. It is for the eyes: the table below it has the same numbers.
// uPlot sets styles through the CSSOM only, so the policy of the page stays as strict as it is.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

export type ChartBars = {
  readonly title: string;
  readonly labels: readonly string[];
  readonly values: readonly (number | null)[];
  /** As many as there are of now at most; the rest has nothing to stand beside. */
  readonly before: readonly (number | null)[] | undefined;
  readonly say: (value: number) => string;
};

const HEIGHT = 280;
const LABEL_WIDTH = 76;
const LONGEST_LABEL = 14;
const FONT = '12px system-ui, sans-serif';

export function Chart({ data }: { readonly data: ChartBars }) {
  const place = useRef<HTMLDivElement>(null);
  const pointed = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const point = (index: number | null | undefined) => {
      pointed.value = index == null ? undefined : pointedWords(data, index);
    };
    const plot = new uPlot(optionsOf(data, element.clientWidth, point), dataOf(data), element);
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.redraw();
    theme.addEventListener('change', redraw);
    return () => {
      theme.removeEventListener('change', redraw);
      sizes.disconnect();
      plot.destroy();
    };
  }, [data]);
  return (
    <figure class="chart card">
      <figcaption>
        <strong>{data.title}</strong>
        <span class="soft small" aria-hidden="true">
          {pointed.value ?? (data.before === undefined ? '' : 'The line is the period before.')}
        </span>
      </figcaption>
      <div ref={place} class="chart-place" role="img" aria-label={`${data.title}, as a chart. The table below has the same numbers.`} />
    </figure>
  );
}

function pointedWords({ labels, values, before, say }: ChartBars, index: number): string {
  const wordsOf = (value: number | null | undefined) => (value == null ? 'nothing' : say(value));
  const then = before === undefined ? '' : `, before: ${wordsOf(before[index])}`;
  return `${labels[index] ?? ''}: ${wordsOf(values[index])}${then}`;
}

function dataOf({ labels, values, before }: ChartBars): uPlot.AlignedData {
  const positions = labels.map((_, index) => index);
  if (before === undefined) return [positions, [...values]];
  return [positions, [...values], positions.map((index) => before[index] ?? null)];
}

/** Read when it is drawn, so that a change of the theme shows. */
const token = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(data: ChartBars, width: number, point: (index: number | null | undefined) => void): uPlot.Options {
  const { labels, before, say } = data;
  const isCrowded = width / Math.max(1, labels.length) < LABEL_WIDTH && !/\d/.test(labels[0] ?? '');
  const short = (label: string) => (label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label);
  const shared = { font: FONT, stroke: token('--ink-soft'), ticks: { show: false } };
  return {
    ...{ width, height: HEIGHT, legend: { show: false }, padding: [12, 8, 0, 0] },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.6, labels.length - 0.4] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...{ ...shared, grid: { show: false } },
        ...(isCrowded && { rotate: -60, size: 92 }),
        splits: () => everyLabel(labels.length, isCrowded ? 1 : Math.max(1, Math.ceil((labels.length * LABEL_WIDTH) / Math.max(1, width - 60)))),
        values: (_, at) => at.map((index) => short(labels[index] ?? '')),
      },
      { ...shared, grid: { stroke: token('--line'), width: 1 }, size: 64, values: (_, at) => at.map(say) },
    ],
    series: [
      {},
      { fill: token('--accent'), width: 0, points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.7, 72], radius: 0.12 }) as uPlot.Series.PathBuilder },
      ...(before === undefined ? [] : [{ stroke: token('--notice'), width: 2, dash: [6, 4], points: { show: true, size: 6, fill: token('--notice') } }]),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx)] },
  };
}

function everyLabel(count: number, step: number): number[] {
  const at: number[] = [];
  for (let index = 0; index < count; index += step) at.push(index);
  return at;
}
