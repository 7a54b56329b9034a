/**
 * Who depends on a key: intervals of one index with their owners, kept so that a written key finds the
 * intervals around it in logarithmic time however many there are. Single keys are in a hash map; real
 * intervals are in a treap ordered by start and end, where each node knows the greatest end below it.
 */
import type { Interval } from "../storage/read-documents.ts"
import { type Key, justAfter } from "../values/keys.ts"

export interface IntervalIndex<Owner> {
  readonly add: (interval: Interval, owner: Owner) => void
  readonly remove: (interval: Interval, owner: Owner) => void
  /** Adds the owners of every interval around the key. */
  readonly collect: (key: Key, into: Set<Owner>) => void
  readonly isEmpty: () => boolean
}

interface Node<Owner> extends Interval {
  readonly owners: Set<Owner>
  readonly priority: number
  greatestEnd: Key
  left: Node<Owner> | undefined
  right: Node<Owner> | undefined
}

export function createIntervalIndex<Owner>(): IntervalIndex<Owner> {
  const points = new Map<Key, Set<Owner>>()
  let root: Node<Owner> | undefined

  function addPoint(key: Key, owner: Owner): void {
    const owners = points.get(key)
    if (owners === undefined) points.set(key, new Set([owner]))
    else owners.add(owner)
  }

  function removePoint(key: Key, owner: Owner): void {
    const owners = points.get(key)
    owners?.delete(owner)
    if (owners?.size === 0) points.delete(key)
  }

  return {
    add: (interval, owner) => {
      if (isPoint(interval)) addPoint(interval.start, owner)
      else root = insert(root, interval, owner)
    },
    remove: (interval, owner) => {
      if (isPoint(interval)) removePoint(interval.start, owner)
      else root = remove(root, interval, owner)
    },
    collect: (key, into) => {
      for (const owner of points.get(key) ?? []) into.add(owner)
      stab(root, key, into)
    },
    isEmpty: () => points.size === 0 && root === undefined,
  }
}

function isPoint({ start, end }: Interval): boolean {
  return end.length === start.length + 1 && end === justAfter(start)
}

function stab<Owner>(node: Node<Owner> | undefined, key: Key, into: Set<Owner>): void {
  if (node === undefined || node.greatestEnd <= key) return
  stab(node.left, key, into)
  if (node.start > key) return
  if (key < node.end) for (const owner of node.owners) into.add(owner)
  stab(node.right, key, into)
}

function compare(a: Interval, b: Interval): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1
  if (a.end !== b.end) return a.end < b.end ? -1 : 1
  return 0
}

function insert<Owner>(
  node: Node<Owner> | undefined,
  interval: Interval,
  owner: Owner,
): Node<Owner> {
  if (node === undefined) return leaf(interval, owner)
  const order = compare(interval, node)
  if (order === 0) {
    node.owners.add(owner)
    return node
  }
  if (order < 0) {
    node.left = insert(node.left, interval, owner)
    return node.left.priority > node.priority ? rotateRight(node, node.left) : measured(node)
  }
  node.right = insert(node.right, interval, owner)
  return node.right.priority > node.priority ? rotateLeft(node, node.right) : measured(node)
}

function remove<Owner>(
  node: Node<Owner> | undefined,
  interval: Interval,
  owner: Owner,
): Node<Owner> | undefined {
  if (node === undefined) return undefined
  const order = compare(interval, node)
  if (order === 0) {
    node.owners.delete(owner)
    return node.owners.size > 0 ? node : merge(node.left, node.right)
  }
  if (order < 0) node.left = remove(node.left, interval, owner)
  else node.right = remove(node.right, interval, owner)
  return measured(node)
}

function merge<Owner>(
  left: Node<Owner> | undefined,
  right: Node<Owner> | undefined,
): Node<Owner> | undefined {
  if (left === undefined) return right
  if (right === undefined) return left
  if (left.priority > right.priority) {
    left.right = merge(left.right, right)
    return measured(left)
  }
  right.left = merge(left, right.left)
  return measured(right)
}

function leaf<Owner>({ start, end }: Interval, owner: Owner): Node<Owner> {
  const owners = new Set([owner])
  const priority = Math.random()
  return { start, end, owners, priority, greatestEnd: end, left: undefined, right: undefined }
}

function rotateRight<Owner>(node: Node<Owner>, left: Node<Owner>): Node<Owner> {
  node.left = left.right
  left.right = measured(node)
  return measured(left)
}

function rotateLeft<Owner>(node: Node<Owner>, right: Node<Owner>): Node<Owner> {
  node.right = right.left
  right.left = measured(node)
  return measured(right)
}

function measured<Owner>(node: Node<Owner>): Node<Owner> {
  let greatest = node.end
  if (node.left !== undefined && node.left.greatestEnd > greatest) greatest = node.left.greatestEnd
  if (node.right !== undefined && node.right.greatestEnd > greatest) {
    greatest = node.right.greatestEnd
  }
  node.greatestEnd = greatest
  return node
}
