type Mode = 'shared' | 'exclusive';
type Request = { readonly holder: object; readonly mode: Mode; readonly grant: () => void };
type Lock = { readonly holders: Map<object, Mode>; queue: Request[] };

/** Locks as the database has them: first come, first served; a shared lock waits behind those waiting for an exclusive one. */
export class Locks {
  readonly #locks = new Map<string, Lock>();

  /** True if it was granted at once; otherwise `grant` is called when it is. */
  take(holder: object, name: string, mode: Mode, grant: () => void): boolean {
    const lock = this.#locks.get(name) ?? { holders: new Map<object, Mode>(), queue: [] };
    this.#locks.set(name, lock);
    if (lock.holders.has(holder)) return true;
    if (lock.queue.length === 0 && isFree(lock, mode)) {
      lock.holders.set(holder, mode);
      return true;
    }
    lock.queue.push({ holder, mode, grant });
    return false;
  }

  /** Lets go of everything it has or waits for. */
  release(holder: object): void {
    for (const lock of this.#locks.values()) {
      lock.holders.delete(holder);
      lock.queue = lock.queue.filter((request) => request.holder !== holder);
    }
    for (const [name, lock] of this.#locks) {
      this.#grantNext(lock);
      if (lock.holders.size === 0 && lock.queue.length === 0) this.#locks.delete(name);
    }
  }

  #grantNext(lock: Lock): void {
    for (let next = lock.queue[0]; next !== undefined && isFree(lock, next.mode); next = lock.queue[0]) {
      lock.queue.shift();
      lock.holders.set(next.holder, next.mode);
      next.grant();
    }
  }
}

function isFree(lock: Lock, mode: Mode): boolean {
  return mode === 'shared' ? [...lock.holders.values()].every((held) => held === 'shared') : lock.holders.size === 0;
}
