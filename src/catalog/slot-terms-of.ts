import type { SlotTerms } from '../model/slot-terms.ts';
import type { BookableService, Business } from './catalog.ts';

/** What a service asks of a calendar, as the catalog has it at this moment. */
export function termsOf(service: BookableService, business: Business): SlotTerms {
  return {
    serviceId: service.id,
    minutes: service.minutes,
    slotIntervalMinutes: service.slotIntervalMinutes,
    bufferBeforeMinutes: service.bufferBeforeMinutes,
    bufferAfterMinutes: service.bufferAfterMinutes,
    leadTimeMinutes: service.leadTimeMinutes,
    horizonDays: service.horizonDays,
    capacity: service.capacity,
    grid: service.grid,
    dailyLimit: service.dailyLimit,
    weeklyLimit: service.weeklyLimit,
    monthlyLimit: service.monthlyLimit,
    bufferRule: business.bufferRule,
  };
}
