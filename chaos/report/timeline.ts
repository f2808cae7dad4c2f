// The run as one page that needs nothing else: faults as bars, answers per second, and what went wrong as marks.
import type { Verdict } from '../checker/check.ts';
import { INVARIANTS } from '../checker/invariants.ts';
import type { FaultLine, History, ProcessLine } from '../history/lines.ts';
import { reportOf } from './report.ts';
import { isFailed } from './timings.ts';
import { windowAround } from './window.ts';
import { wordsOf } from './words.ts';

const LEFT = 150;
const WIDTH = 1_250;
const LANE = 24;
const CHART = 130;
const MOST_SHOWN = 20;

const STYLE = `body{font:14px/1.45 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:1.6rem}
svg{display:block;max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#333}pre{background:#f4f4f2;padding:.8rem;overflow:auto;font-size:12px}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}.bad{color:#a3160b;font-weight:600}.good{color:#1b6b2f;font-weight:600}
.lane{stroke:#ddd}.away{fill:#c9c9c9}.fault{fill:#d9822b}.unfired{fill:none;stroke:#a3160b;stroke-dasharray:4 2}.ok{fill:#3f8f5b}.no{fill:#8fb6d9}.lost{fill:#c0392b}.mark{fill:#a3160b}.tick{stroke:#bbb}`;

export function timelinePage(verdict: Verdict): string {
  const { history, violations } = verdict;
  const report = reportOf(verdict);
  const title = `${history.run.nodes} nodes, seed ${history.run.seed}`;
  const shown = violations.slice(0, MOST_SHOWN);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}: <span class="${report.isGood ? 'good' : 'bad'}">${report.isGood ? 'every promise was kept' : `${violations.length} broken promises, ${report.unfired.length} faults that never fired`}</span></h1>
${drawing(
  history,
  violations.map(({ at }) => at).filter((at) => at !== null),
)}
<p>Grey: not ready. Orange: a fault, for as long as it lasted. Below, answers a second: green done, blue refused, red without an answer. Red triangles: broken promises.</p>
<h2>Broken promises</h2>${shown.length === 0 ? '<p>None.</p>' : shown.map((each) => `<p class="bad">(${each.invariant}) ${escaped(INVARIANTS[each.invariant])}</p><p>${escaped(each.what)}</p><pre>${escaped(windowAround(each, history).join('\n'))}</pre>`).join('')}
<h2>Faults</h2>${faultTable(history.faults)}
<h2>In numbers</h2><pre>${escaped(wordsOf(report))}</pre></body></html>`;
}

function drawing(history: History, marks: readonly number[]): string {
  const lanes = lanesOf(history);
  const end = Math.max(1_000, ...history.attempts.map(({ answeredAt }) => answeredAt), ...history.faults.map(({ endedAt }) => endedAt));
  const x = (at: number) => Math.round((LEFT + (at / end) * (WIDTH - LEFT - 10)) * 10) / 10;
  const height = lanes.length * LANE + CHART + 40;
  const rows = lanes.map((name, index) => {
    const y = index * LANE + 4;
    const bars = history.faults.filter((fault) => laneOf(fault) === name).map((fault) => faultBar(fault, x, y));
    const away = awayOf(history.processes, name, end).map(
      ([from, to]) => `<rect class="away" x="${x(from)}" y="${y}" width="${Math.max(1, x(to) - x(from))}" height="${LANE - 8}"/>`,
    );
    return `<text x="0" y="${y + 13}">${escaped(name)}</text><line class="lane" x1="${LEFT}" x2="${WIDTH}" y1="${y + LANE - 6}" y2="${y + LANE - 6}"/>${away.join('')}${bars.join('')}`;
  });
  const base = lanes.length * LANE + CHART + 10;
  const triangles = marks.map((at) => `<path class="mark" d="M${x(at)} ${base - CHART} l5 -9 h-10 z"/>`);
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Faults and answers over time">${rows.join('')}${chart(history, x, base, end)}${triangles.join('')}${axis(end, x, base)}</svg>`;
}

function faultBar({ id, kind, beganAt, endedAt, fired, proof }: FaultLine, x: (at: number) => number, y: number): string {
  const title = `<title>${escaped(`${id} ${kind}, ${Math.round(endedAt - beganAt)} ms: ${fired} ${proof}`)}</title>`;
  return `<rect class="${fired > 0 ? 'fault' : 'unfired'}" x="${x(beganAt)}" y="${y + 2}" width="${Math.max(3, x(endedAt) - x(beganAt))}" height="${LANE - 12}">${title}</rect>`;
}

function chart({ attempts }: History, x: (at: number) => number, base: number, end: number): string {
  const seconds = Array.from({ length: Math.ceil(end / 1_000) + 1 }, () => ({ ok: 0, no: 0, lost: 0 }));
  for (const attempt of attempts) {
    const second = seconds[Math.floor(attempt.answeredAt / 1_000)];
    if (second === undefined) continue;
    if (attempt.answer.type === 'ok') second.ok += 1;
    else if (isFailed(attempt)) second.lost += 1;
    else if (attempt.answer.type === 'problem') second.no += 1;
  }
  const most = Math.max(1, ...seconds.map(({ ok, no, lost }) => ok + no + lost));
  const bars = seconds.map(({ ok, no, lost }, second) => {
    let y = base;
    const part = (name: string, count: number) => {
      const tall = (count / most) * (CHART - 14);
      y -= tall;
      return count === 0
        ? ''
        : `<rect class="${name}" x="${x(second * 1_000)}" y="${y.toFixed(1)}" width="${Math.max(1, x(1_000) - x(0) - 0.5).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
    };
    return part('ok', ok) + part('no', no) + part('lost', lost);
  });
  return `<text x="0" y="${base - CHART + 22}">answers a second</text><text x="0" y="${base - CHART + 38}">(most ${most})</text>${bars.join('')}`;
}

function axis(end: number, x: (at: number) => number, base: number): string {
  const step = end > 300_000 ? 60 : end > 100_000 ? 20 : 10;
  const marks = Array.from({ length: Math.floor(end / 1_000 / step) + 1 }, (_, index) => index * step);
  return marks
    .map(
      (second) =>
        `<line class="tick" x1="${x(second * 1_000)}" x2="${x(second * 1_000)}" y1="${base}" y2="${base + 5}"/><text x="${x(second * 1_000)}" y="${base + 18}">${second} s</text>`,
    )
    .join('');
}

function lanesOf({ run }: History): readonly string[] {
  const ofNode = Array.from({ length: run.nodes }, (_, node) => [
    `node ${node}`,
    `${node} to PostgreSQL`,
    ...(run.nodes > 1 ? [`${node} to Redis`] : []),
  ]).flat();
  return [...ofNode, 'PostgreSQL', ...(run.nodes > 1 ? ['Redis'] : []), 'readers'];
}

function laneOf({ kind, node }: FaultLine): string {
  if (kind.startsWith('postgres-link')) return `${node} to PostgreSQL`;
  if (kind.startsWith('redis-link')) return `${node} to Redis`;
  if (kind.startsWith('node-')) return `node ${node}`;
  if (kind === 'redis-killed') return 'Redis';
  return kind === 'readers-slow' ? 'readers' : 'PostgreSQL';
}

/** From when to when the node of this lane was not ready. */
function awayOf(processes: readonly ProcessLine[], lane: string, end: number): (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = [];
  let since: number | undefined = 0;
  for (const { node, what, at } of processes) {
    if (`node ${node}` !== lane) continue;
    if (what === 'ready' && since !== undefined) {
      spans.push([since, at]);
      since = undefined;
    } else if (what === 'not-ready') since ??= at;
  }
  if (since !== undefined && lane.startsWith('node ') && since < end) spans.push([since, end]);
  return lane.startsWith('node ') ? spans : [];
}

function faultTable(faults: readonly FaultLine[]): string {
  const rows = faults.map(({ id, kind, node, beganAt, endedAt, recoveredAt, fired, proof }) => {
    const cells = [
      id,
      kind,
      node ?? '',
      Math.round(beganAt),
      Math.round(endedAt - beganAt),
      recoveredAt === null ? 'never' : Math.round(recoveredAt - beganAt),
      `${fired} ${proof}`,
    ];
    return `<tr${fired > 0 ? '' : ' class="bad"'}>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`;
  });
  return `<table><tr><th>#</th><th>kind</th><th>node</th><th>began, ms</th><th>lasted, ms</th><th>all ready after, ms</th><th>fired</th></tr>${rows.join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
