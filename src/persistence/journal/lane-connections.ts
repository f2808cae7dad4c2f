import type { Database, SqlConnection } from '../database/database.ts';

/** The connections of the lanes: one each, made when needed, dropped for good when nobody knows what became of its last statement. */
export class LaneConnections {
  readonly #database: Database;
  readonly #lanes = new Map<number, Promise<SqlConnection>>();

  constructor(database: Database) {
    this.#database = database;
  }

  async of(lane: number): Promise<SqlConnection> {
    const known = this.#lanes.get(lane) ?? this.#database.connect();
    this.#lanes.set(lane, known);
    try {
      return await known;
    } catch (error) {
      this.#lanes.delete(lane);
      throw error;
    }
  }

  async drop(lane: number): Promise<void> {
    const known = this.#lanes.get(lane);
    this.#lanes.delete(lane);
    // A connection that could not be made needs no dropping.
    const connection = await known?.catch(() => undefined);
    connection?.destroy();
  }
}
