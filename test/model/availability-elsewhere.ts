// Started as a process of its own, with its clock set to another zone: prints what that zone is here, and the cases that fail.
import { availabilityCases, checkCase } from './availability-world.ts';

const failures: string[] = [];
const cases = availabilityCases();
for (const availabilityCase of cases) {
  try {
    checkCase(availabilityCase);
  } catch (error) {
    failures.push(`${availabilityCase.id}: ${error}`);
  }
}
console.log(JSON.stringify({ minutesBehindUtc: new Date(2027, 0, 15).getTimezoneOffset(), cases: cases.length, failures }));
