// Every route there is, in the order of `/openapi.json`.
import type { Route } from './route.ts';

export const ROUTES: readonly Route[] = [];
