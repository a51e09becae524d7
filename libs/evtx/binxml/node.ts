import type { ValueSlot } from './value.ts';

/** A part of a template or fragment as it was read, before values are put in. */
export type Node = ElementNode | TextNode | SubstitutionNode | InstanceNode;

export interface ElementNode {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly AttributeNode[];
  readonly children: readonly Node[];
}

export interface AttributeNode {
  readonly name: string;
  readonly parts: readonly Node[];
}

/** Text, a character or an entity. */
export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
}

/** A place for a value. */
export interface SubstitutionNode {
  readonly kind: 'substitution';
  readonly index: number;
}

/** A template with the values of this instance. */
export interface InstanceNode {
  readonly kind: 'instance';
  readonly template: readonly Node[];
  readonly slots: readonly ValueSlot[];
}
