import type { Item, RuleLogsource } from '../rule/rule.ts';

/** A condition on the rule. */
export type RuleCondition =
  | { readonly kind: 'logsource'; readonly logsource: RuleLogsource }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'contains_field'; readonly field: string }
  | { readonly kind: 'is_sigma_rule' }
  | { readonly kind: 'is_sigma_correlation_rule' }
  /** Whether an earlier step of that id was applied to the rule. */
  | { readonly kind: 'processing_item_applied'; readonly step: string };

/** What a step does. */
export type Transformation =
  /** One field becomes one, or any of several. */
  | {
      readonly kind: 'field_name_mapping';
      readonly mapping: ReadonlyMap<string, readonly string[]>;
    }
  | {
      readonly kind: 'field_name_prefix_mapping';
      readonly mapping: ReadonlyMap<string, readonly string[]>;
    }
  | { readonly kind: 'field_name_prefix'; readonly prefix: string }
  | { readonly kind: 'field_name_suffix'; readonly suffix: string }
  | { readonly kind: 'add_condition'; readonly items: readonly Item[]; readonly negated: boolean };

/** One step of a pipeline. */
export interface PipelineStep {
  readonly id: string;
  readonly transformation: Transformation;
  readonly ruleConditions: readonly RuleCondition[];
  /** True: any of the rule conditions is enough. */
  readonly anyRuleCondition: boolean;
  readonly notRuleConditions: boolean;
  /** Fields it is for; undefined: all. */
  readonly fields: { readonly names: ReadonlySet<string>; readonly include: boolean } | undefined;
}

/** A pySigma processing pipeline, as far as it maps fields and adds conditions. */
export interface SigmaPipeline {
  readonly name: string;
  /** Lower ones run first. */
  readonly priority: number;
  readonly steps: readonly PipelineStep[];
}
