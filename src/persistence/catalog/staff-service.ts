import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { ServiceRow } from './service.ts';
import { StaffMemberRow } from './staff-member.ts';

/** Who does what. Written by the catalog. */
export const StaffServiceRow = defineEntity({
  name: 'StaffServiceRow',
  tableName: 'staff_service',
  properties: {
    staffId: () => p.manyToOne(StaffMemberRow).mapToPk().primary().fieldName('staff_id'),
    serviceId: () => p.manyToOne(ServiceRow).mapToPk().primary().fieldName('service_id').index('staff_service_service'),
  },
});
export type StaffServiceRow = InferEntity<typeof StaffServiceRow>;
