// The opening hours that the guide asks for.
export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Day = (typeof DAYS)[number];
export type Times = { readonly from: string; readonly to: string };
/** One stretch for all open days, or for each of them its own. */
export type Week = { readonly open: readonly Day[]; readonly isSame: boolean; readonly all: Times; readonly own: Readonly<Partial<Record<Day, Times>>> };

export const WORKING_WEEK: Week = {
  open: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  isSame: true,
  all: { from: '09:00', to: '17:00' },
  own: {},
};

/** From Monday to Sunday, in whichever order they were chosen. */
export const openDays = (week: Week) => DAYS.filter((day) => week.open.includes(day));
export const timesOf = ({ isSame, all, own }: Week, day: Day): Times => (isSame ? all : (own[day] ?? all));

/** As the server has it: who closes at midnight closes at 24:00. */
export function weeklyOf(week: Week): readonly ({ readonly day: Day } & Times)[] {
  return openDays(week).map((day) => {
    const { from, to } = timesOf(week, day);
    return { day, from, to: to === '00:00' ? '24:00' : to };
  });
}

export type Wrong = { readonly at: Day | 'all' | 'days'; readonly sentence: string };

/** The first thing that is wrong with it, and where. */
export function wrongWith(week: Week): Wrong | undefined {
  if (week.open.length === 0) return { at: 'days', sentence: 'Choose at least one day.' };
  for (const { day, from, to } of weeklyOf(week)) {
    const at = week.isSame ? 'all' : day;
    if (from === '' || to === '') return { at, sentence: 'Enter when it opens and when it closes.' };
    if (from >= to) return { at, sentence: 'It must close later than it opens.' };
  }
  return undefined;
}
