// How the business goes: one report at a time, over days that are chosen, as sentences, a chart and a table.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { ReportName, ReportReply, ReportRow } from '../../../src/protocol/analytics.ts';
import { type Problem, query, serverNow } from '../../kit/api.ts';
import { clock, shortDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs, type User } from '../../kit/session.ts';
import { keptInTab } from '../../kit/tab-storage.ts';
import { addDays, localDate, viewerZone } from '../../kit/zoned-dates.ts';
import { openCatalog } from '../catalog.ts';
import { Head } from '../head.tsx';
import { go, type TabProps } from '../places.ts';
import { saveTable } from '../save-file.ts';
import { Chart, type ChartBars } from './chart.tsx';
import { HeatMap } from './heat-map.tsx';
import { type By, byFor, type Days, daysOf, daysWords, PERIODS, type PeriodId, periodWords, shortWords } from './periods.ts';
import { byPerson, comparison, isByHour, type Measure, REPORT_WORDS } from './report-words.ts';

const TAB = 'reports';
const ORDER: readonly ReportName[] = [
  ...(['bookings', 'revenue', 'staff', 'utilisation', 'no-shows', 'heat-map', 'lost-demand', 'customers', 'lead-time'] as const),
];
/** Numbers that are still being added up are asked for again. */
const AGAIN_MILLISECONDS = 3_000;

type Choices = {
  readonly period: PeriodId;
  readonly custom: Days;
  /** null: as fits the number of days. */
  readonly by: By | null;
  readonly locationId: string;
  readonly serviceId: string;
  readonly staffId: string;
  readonly isCompared: boolean;
};
const NOTHING_CHOSEN: Choices = {
  ...{ period: 'this-month', custom: { from: '', to: '' }, by: null },
  ...{ locationId: '', serviceId: '', staffId: '', isCompared: false },
};
const choices = keptInTab<Choices>('slotkeeper-admin-reports', NOTHING_CHOSEN);
const choose = (change: Partial<Choices>) => {
  choices.value = { ...choices.value, ...change };
};

export function ReportsTab({ user, path: [asked] }: TabProps) {
  const name = ORDER.find((one) => one === asked) ?? 'bookings';
  const { days, by, filters } = useChosen(name);
  const isKnown = days.from !== '' && days.from < days.to;
  const search = { ...days, by, ...filters };
  const path = isKnown ? `/v1/analytics/${name}${query({ ...search, compare: choices.value.isCompared ? 'previous' : undefined })}` : undefined;
  const { report, problem, isBusy } = useReport(path);
  const trouble = useSignal<Problem | undefined>(undefined);
  const save = async () => {
    trouble.value = await saveTable(`/v1/analytics/${name}.csv${query(search)}`, `${name}-${days.from}.csv`);
  };
  const failed = trouble.value ?? problem;
  return (
    <>
      <Head title="Reports" lead={REPORT_WORDS[name].about}>
        <button type="button" class="button" disabled={!isKnown} onClick={() => void save()}>
          Download as CSV
        </button>
      </Head>
      <Choosing name={name} by={by} user={user} />
      {failed !== undefined && (
        <p class="banner danger" role="alert">
          {failed.errors?.[0] === undefined ? sentenceOf(failed) : `${failed.errors[0].path} ${failed.errors[0].message}.`}
        </p>
      )}
      {!isKnown && <p class="empty">Choose the first and the last day; the last is not before the first.</p>}
      {isKnown && report === undefined && failed === undefined && <div class="loading office-loading" aria-busy="true" />}
      {isKnown && report?.report === name && <Shown report={report} days={days} isBusy={isBusy} />}
    </>
  );
}

function useChosen(name: ReportName) {
  const { locations, services, staff } = openCatalog();
  const { period, custom, by, locationId, serviceId, staffId } = choices.value;
  const known = (id: string, among: readonly { readonly id: string }[]) => (among.some((one) => one.id === id) ? id : undefined);
  const place = locations.find(({ id }) => id === locationId) ?? locations[0];
  const days = daysOf(period, localDate(serverNow(), place?.timeZone ?? viewerZone()), custom);
  return {
    days,
    // By person, and by weekday and hour, the days are one.
    by: name === 'staff' || isByHour(name) ? ('month' as const) : (by ?? byFor(days)),
    filters: { locationId: known(locationId, locations), serviceId: known(serviceId, services), staffId: known(staffId, staff) },
  };
}

/** The last answer stays until the next one is there. */
function useReport(path: string | undefined) {
  const report = useSignal<ReportReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const isBusy = useSignal(false);
  useEffect(() => {
    if (path === undefined) return;
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      isBusy.value = true;
      const answer = await askAs<ReportReply>('GET', path);
      if (!isWanted) return;
      isBusy.value = false;
      problem.value = answer.ok ? undefined : answer.problem;
      report.value = answer.ok ? answer.body : undefined;
      if (answer.ok && !answer.body.complete) timer = setTimeout(() => void read(), AGAIN_MILLISECONDS);
    };
    void read();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path]);
  return { report: report.value, problem: problem.value, isBusy: isBusy.value };
}

type ChoosingProps = { readonly name: ReportName; readonly by: By; readonly user: User };

function Choosing({ name, by, user }: ChoosingProps) {
  const { locations, services, staff } = openCatalog();
  const { period, custom, locationId, serviceId, staffId, isCompared } = choices.value;
  const isFree = user.role === 'owner' || user.locationId === null;
  return (
    <form class="choosing" onSubmit={(event) => event.preventDefault()} aria-label="What is shown">
      <Choice id="report" label="Report" value={name} onChoose={(value) => go(TAB, value)}>
        {ORDER.map((one) => (
          <option key={one} value={one}>
            {REPORT_WORDS[one].name}
          </option>
        ))}
      </Choice>
      <Choice id="period" label="Days" value={period} onChoose={(value) => choose({ period: value as PeriodId, by: null })}>
        {PERIODS.map(({ id, name: words }) => (
          <option key={id} value={id}>
            {words}
          </option>
        ))}
      </Choice>
      {period === 'custom' && (
        <>
          <DayField id="from" label="From" value={custom.from} onChoose={(from) => choose({ custom: { ...custom, from }, by: null })} />
          <DayField
            id="to"
            label="To, with this day"
            value={custom.to === '' ? '' : addDays(custom.to, -1)}
            onChoose={(to) => choose({ custom: { ...custom, to: to === '' ? '' : addDays(to, 1) }, by: null })}
          />
        </>
      )}
      {name !== 'staff' && !isByHour(name) && (
        <Choice id="by" label="By" value={by} onChoose={(value) => choose({ by: value as By })}>
          <option value="day">Day</option>
          <option value="week">Week</option>
          <option value="month">Month</option>
        </Choice>
      )}
      {isFree && locations.length > 1 && (
        <Among id="location" label="Location" all="All locations" among={locations} value={locationId} onChoose={(id) => choose({ locationId: id })} />
      )}
      <Among id="service" label="Service" all="All services" among={services} value={serviceId} onChoose={(id) => choose({ serviceId: id })} />
      <Among id="person" label="Person" all="Everyone" among={staff} value={staffId} onChoose={(id) => choose({ staffId: id })} />
      <label class="check">
        <input type="checkbox" checked={isCompared} onChange={(event) => choose({ isCompared: event.currentTarget.checked })} />
        Compare with the period before
      </label>
    </form>
  );
}

type ChoiceProps = { readonly id: string; readonly label: string; readonly value: string; readonly onChoose: (value: string) => void };

function Choice({ id, label, value, onChoose, children }: ChoiceProps & { readonly children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={`reports-${id}`}>{label}</label>
      <select id={`reports-${id}`} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {children}
      </select>
    </div>
  );
}

type AmongProps = ChoiceProps & { readonly all: string; readonly among: readonly { readonly id: string; readonly name: string }[] };

function Among({ all, among, ...choice }: AmongProps) {
  return (
    <Choice {...choice}>
      <option value="">{all}</option>
      {among.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function DayField({ id, label, value, onChoose }: ChoiceProps) {
  return (
    <div class="field">
      <label for={`reports-${id}`}>{label}</label>
      <input id={`reports-${id}`} type="date" value={value} onChange={(event) => onChoose(event.currentTarget.value)} />
    </div>
  );
}

type ShownProps = { readonly report: ReportReply; readonly days: Days; readonly isBusy: boolean };

function Shown({ report, days, isBusy }: ShownProps) {
  const words = REPORT_WORDS[report.report];
  const isEmpty = words.isEmpty(report.totals) && (report.previous === undefined || words.isEmpty(report.previous.totals));
  return (
    <div class="report" aria-busy={isBusy}>
      {!report.complete && <Incomplete countedTo={report.countedTo} />}
      <h2>
        {words.name}, {daysWords(days)}
      </h2>
      {isEmpty ? (
        <div class="empty">
          <p>There is nothing on these days. Choose other days, or fewer filters.</p>
        </div>
      ) : (
        <Filled report={report} />
      )}
      {report.timeZone === null && <p class="soft small">The locations are in several time zones: each has its own midnight.</p>}
    </div>
  );
}

function Incomplete({ countedTo }: { readonly countedTo: string | undefined }) {
  const at = Date.parse(countedTo ?? '');
  const until = Number.isNaN(at) ? '' : ` up to ${clock(at, viewerZone())} on ${shortDay(at, viewerZone())}`;
  return (
    <p class="banner" role="status">
      Numbers{until}: what came later is still being added up, and comes in by itself.
    </p>
  );
}

function Filled({ report }: { readonly report: ReportReply }) {
  const { report: name, totals, previous } = report;
  const words = REPORT_WORDS[name];
  const measures = words.measures(words.isEmpty(totals) ? (previous?.totals ?? totals) : totals);
  const drawn = useSignal(measures[0].id);
  const measure = measures.find(({ id }) => id === drawn.value) ?? measures[0];
  const lines = useMemo(() => linesOf(report, measure), [report, measure.id]);
  const chart = useMemo(() => chartOf(report, measure, lines), [lines]);
  const compared = comparison(measure, report);
  return (
    <>
      <div class="report-sentences">
        {words.sentences(totals).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {compared !== undefined && <p class="soft">{compared}</p>}
      </div>
      {isByHour(name) ? (
        !words.isEmpty(totals) && <HeatMap title={words.name} rows={report.rows} measure={measure} />
      ) : (
        <>
          {measures.length > 1 && (
            <Choice
              id="drawn"
              label="The chart shows"
              value={measure.id}
              onChoose={(id) => {
                drawn.value = id;
              }}
            >
              {measures.map(({ id, name: words }) => (
                <option key={id} value={id}>
                  {words}
                </option>
              ))}
            </Choice>
          )}
          <Chart data={chart} />
          <Table report={report} measures={measures} drawn={measure} lines={lines} />
        </>
      )}
    </>
  );
}

type Line = { readonly label: string; readonly short: string; readonly row: ReportRow; readonly before: ReportRow | undefined };

/** People from the most to the least of what the chart shows; periods in their order, each beside the one at its place before. */
function linesOf({ report, by, rows, previous }: ReportReply, measure: Measure): readonly Line[] {
  if (report !== 'staff')
    return rows.map((row, index) => {
      const label = periodWords(row.period, by);
      return { label, short: by === 'month' ? label : shortWords(row.period), row, before: previous?.rows[index] };
    });
  const before = byPerson(previous?.rows ?? []);
  const of = ({ row }: Line) => measure.of(row) ?? -1;
  return byPerson(rows)
    .map((row) => {
      const label = row.staffName ?? 'A former colleague';
      return { label, short: label, row, before: before.find(({ staffId }) => staffId === row.staffId) };
    })
    .toSorted((one, other) => of(other) - of(one));
}

function chartOf({ previous }: ReportReply, measure: Measure, lines: readonly Line[]): ChartBars {
  return {
    ...{ title: measure.name, labels: lines.map(({ short }) => short), values: lines.map(({ row }) => measure.of(row)), say: measure.say },
    before: previous === undefined ? undefined : lines.map(({ before }) => (before === undefined ? null : measure.of(before))),
  };
}

type TableProps = { readonly report: ReportReply; readonly measures: readonly Measure[]; readonly drawn: Measure; readonly lines: readonly Line[] };

function Table({ report: { report, totals, previous }, measures, drawn, lines }: TableProps) {
  const others = measures.filter(({ id }) => id !== drawn.id);
  const say = (measure: Measure, row: Parameters<Measure['of']>[0] | undefined) => {
    const value = row === undefined ? null : measure.of(row);
    return value === null ? '–' : measure.say(value);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled has to be reached by keyboard
    <section class="report-table card" tabIndex={0} aria-label="The numbers as a table">
      <table>
        <caption class="only-heard">{REPORT_WORDS[report].name}</caption>
        <thead>
          <tr>
            <th scope="col">{report === 'staff' ? 'Person' : 'Period'}</th>
            <th scope="col">{drawn.name}</th>
            {previous !== undefined && <th scope="col">{drawn.name} before</th>}
            {others.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, row, before }) => (
            <tr key={`${label}${row.staffId ?? ''}`}>
              <th scope="row">{label}</th>
              <td>{say(drawn, row)}</td>
              {previous !== undefined && <td>{say(drawn, before)}</td>}
              {others.map((measure) => (
                <td key={measure.id}>{say(measure, row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">In all</th>
            <td>{say(drawn, totals)}</td>
            {previous !== undefined && <td>{say(drawn, previous.totals)}</td>}
            {others.map((measure) => (
              <td key={measure.id}>{say(measure, totals)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
