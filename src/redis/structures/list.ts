import { RingList } from './ring-list.ts';

/** Items in order. */
export class List {
  readonly type = 'list';
  readonly items = new RingList();

  get size(): number {
    return this.items.length;
  }
}
