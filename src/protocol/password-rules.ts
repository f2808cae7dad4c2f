/** Of a password that is set from now on; older ones stay good. In a file of its own, so that pages can say it without the schemas. */
export const SHORTEST_PASSWORD = 10;
