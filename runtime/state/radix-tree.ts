/**
 * A radix tree over token sequences: finds the longest of many kept sequences that a text begins with, in time that
 * depends on the text alone. Texts that begin alike share their beginnings.
 */
export class RadixTree<T> {
  private readonly root: Node<T> = { edge: new Int32Array(0), end: 0, children: new Map() };
  private count = 0;

  /** Sequences that hold a value. */
  get size(): number {
    return this.count;
  }

  /** The value of exactly this sequence. */
  get(ids: Sequence): T | undefined {
    const { node, matched } = this.descend(ids);
    return matched === ids.length && node.end === ids.length ? node.value : undefined;
  }

  /** Gives the sequence a value; answers with the one that it had. */
  set(ids: Sequence, value: T): T | undefined {
    const node = this.nodeFor(ids);
    const old = node.value;
    if (old === undefined) this.count++;
    node.value = value;
    return old;
  }

  /** Takes the sequence's value away; answers with it. */
  delete(ids: Sequence): T | undefined {
    const { node, matched } = this.descend(ids);
    if (matched !== ids.length || node.end !== ids.length || node.value === undefined) return undefined;
    const { value } = node;
    node.value = undefined;
    this.count--;
    prune(node);
    return value;
  }

  /** The longest sequence with a value that `ids` begins with and that `wanted` accepts. */
  longestPrefix(
    ids: Sequence,
    wanted: (value: T) => boolean = () => true,
  ): { length: number; value: T } | undefined {
    for (let node: Node<T> | undefined = this.descend(ids).node; node; node = node.parent)
      if (node.value !== undefined && wanted(node.value)) return { length: node.end, value: node.value };
    return undefined;
  }

  /**
   * Every value, those of sequences that begin others before the others'. `length`: of its sequence; `parent`: of the longest
   * other one that its sequence begins with, 0 where there is none.
   */
  *entries(): Generator<{ value: T; length: number; parent: number }> {
    const waiting = [{ node: this.root, parent: 0 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { node, parent } = next;
      if (node.value !== undefined) yield { value: node.value, length: node.end, parent };
      const nearest = node.value === undefined ? parent : node.end;
      for (const child of node.children.values()) waiting.push({ node: child, parent: nearest });
    }
  }

  /** As far down as `ids` leads along whole edges; `matched` counts the tokens of the edge begun after that, too. */
  private descend(ids: Sequence): { node: Node<T>; matched: number; towards?: Node<T> } {
    let node = this.root;
    for (;;) {
      const child: Node<T> | undefined =
        node.end < ids.length ? node.children.get(ids[node.end]!) : undefined;
      if (!child) return { node, matched: node.end };
      const common = commonLength(child.edge, ids, node.end);
      if (common < child.edge.length) return { node, matched: node.end + common, towards: child };
      node = child;
    }
  }

  private nodeFor(ids: Sequence): Node<T> {
    const { node, matched, towards } = this.descend(ids);
    const from = towards ? split(towards, matched) : node;
    if (from.end === ids.length) return from;
    const edge = Int32Array.from({ length: ids.length - from.end }, (_, i) => ids[from.end + i]!);
    return attach(from, { edge, end: ids.length, children: new Map(), parent: from });
  }
}

export type Sequence = ArrayLike<number>;

interface Node<T> {
  /** Tokens from the parent's end to this node's, at least one except at the root. */
  edge: Int32Array;
  /** Tokens from the beginning. */
  end: number;
  /** By the first token of the edge. */
  children: Map<number, Node<T>>;
  parent?: Node<T>;
  value?: T | undefined;
}

/** Puts a node into the edge that leads to `node`, `at` tokens from the beginning. */
function split<T>(node: Node<T>, at: number): Node<T> {
  const parent = node.parent!;
  const head = at - parent.end;
  const middle = attach(parent, { edge: node.edge.slice(0, head), end: at, children: new Map(), parent });
  node.edge = node.edge.slice(head);
  attach(middle, node);
  return middle;
}

function attach<T>(parent: Node<T>, child: Node<T>): Node<T> {
  child.parent = parent;
  parent.children.set(child.edge[0]!, child);
  return child;
}

/** Takes away what carries no value and leads nowhere, and joins edges that no longer branch. */
function prune<T>(node: Node<T>): void {
  const { parent } = node;
  if (!parent || node.value !== undefined || node.children.size > 1) return;
  const [only] = node.children.values();
  if (only) {
    only.edge = concat([node.edge, only.edge], node.edge.length + only.edge.length);
    attach(parent, only);
    return;
  }
  parent.children.delete(node.edge[0]!);
  prune(parent);
}

function commonLength(edge: Int32Array, ids: Sequence, from: number): number {
  const most = Math.min(edge.length, ids.length - from);
  let length = 0;
  while (length < most && edge[length] === ids[from + length]) length++;
  return length;
}

function concat(parts: readonly Int32Array[], length: number): Int32Array {
  const whole = new Int32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
