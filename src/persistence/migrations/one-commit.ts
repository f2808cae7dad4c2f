import { Migration } from '@mikro-orm/migrations';

/**
 * The commit of the versions before goes, and with it the nodes that call it: they are given up, so that they end at their next beat, and do not start on these tables
 * again. What they still send meanwhile does nothing.
 */
export class OneCommit extends Migration {
  override up(): void {
    this.addSql('update node set gone = true');
    for (const version of [1, 2, 3]) this.addSql(`drop function if exists commit_v${version}`);
  }
}
