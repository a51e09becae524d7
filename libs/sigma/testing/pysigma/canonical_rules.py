"""Reads Sigma files with pySigma and prints what each document asks, one JSON line a document.

Standard input: {"files": [[name, text], ...], "lists": {placeholder: [value, ...]}}.
A line is {"file", "number", "refused"}, {"file", "number", "logsource", "expression"} or, of a correlation, {"file",
"number", "correlation"}; the form of an expression is
that of canonical-rule.ts beside this file, which makes the same of our own reading and brings both into one order.
"""

import json
import sys
from operator import eq, ge, gt, le, lt, ne

import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    SigmaCorrelationCondition,
    SigmaCorrelationRule,
    SigmaRuleReference,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.types import (
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

ANY, ONE = 0, 1


def normal(parts):
    """The normal form of text/pattern.ts: no empty text, texts joined, in a run of wildcards ? first and one *."""
    out = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part is ANY and out and out[-1] is ANY:
            continue
        elif part is ONE and out and out[-1] is ANY:
            out.insert(len(out) - 1, ONE)
        else:
            out.append(part)
    return out


def parts_of(text):
    special = {SpecialChars.WILDCARD_MULTI: ANY, SpecialChars.WILDCARD_SINGLE: ONE}
    return [part if isinstance(part, str) else special[part] for part in text.s]


def text_test(parts, keyword, cased):
    return ["text", normal([ANY, *parts, ANY] if keyword else parts), cased]


def number_text(number):
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return str(number)


class Printer:
    def __init__(self, lists):
        self.lists = lists

    def expression(self, node):
        if isinstance(node, ConditionNOT):
            return ["not", self.expression(node.args[0])]
        if isinstance(node, (ConditionAND, ConditionOR)):
            kind = "and" if isinstance(node, ConditionAND) else "or"
            return [kind, [self.expression(arg) for arg in node.args]]
        if isinstance(node, ConditionFieldEqualsValueExpression):
            return self.item(node.field, node.value)
        if isinstance(node, ConditionValueExpression):
            return self.item(None, node.value)
        raise TypeError(type(node).__name__)

    def item(self, field, value):
        if isinstance(value, SigmaExpansion):
            return ["or", [self.item(field, one) for one in value.values]]
        if isinstance(value, SigmaString) and value.contains_placeholder():
            filled = value.replace_placeholders(self.fill)
            return ["or", [self.item(field, one) for one in filled]]
        return ["item", field, self.test(value, field is None)]

    def fill(self, placeholder: Placeholder):
        for value in self.lists.get(placeholder.name, []):
            yield SigmaString(str(value))

    def test(self, value, keyword):
        if isinstance(value, SigmaString):
            return text_test(parts_of(value), keyword, isinstance(value, SigmaCasedString))
        if isinstance(value, SigmaTimestampPart):
            return ["time", value.timestamp_part.name.lower(), "eq", number_text(value.number)]
        if isinstance(value, SigmaNumber):
            return text_test([number_text(value.number)], keyword, False)
        if isinstance(value, SigmaBool):
            return text_test([str(value.boolean).lower()], keyword, False)
        if isinstance(value, SigmaNull):
            return ["null"]
        if isinstance(value, SigmaExists):
            return ["exists", bool(value)]
        if isinstance(value, SigmaRegularExpression):
            flags = sorted(value.sigma_to_re_flag[flag] for flag in value.flags)
            return ["regex", value.regexp.to_plain(regex=True), "".join(flags)]
        if isinstance(value, SigmaCIDRExpression):
            return ["cidr", str(value.network)]
        if isinstance(value, SigmaCompareExpression):
            operator = value.op.name.lower()
            if isinstance(value.number, SigmaTimestampPart):
                part = value.number.timestamp_part.name.lower()
                return ["time", part, operator, number_text(value.number.number)]
            return ["compare", operator, number_text(value.number.number)]
        if isinstance(value, SigmaFieldReference):
            return ["field", value.field, reference_operator(value)]
        raise TypeError(type(value).__name__)


def reference_operator(value):
    if value.starts_with and value.ends_with:
        return "contains"
    if value.starts_with:
        return "startswith"
    return "endswith" if value.ends_with else "equals"


COMPARISONS = {"lt": lt, "lte": le, "gt": gt, "gte": ge, "eq": eq, "neq": ne}
# Subsets of more rules are not written down.
RULES_MAX = 8


def met(rule, names):
    """Of each subset of the rules, in binary order, whether the condition is met when just those have matched."""

    def holds(node, matched):
        if isinstance(node, SigmaRuleReference):
            return node.reference in matched
        if isinstance(node, CorrelationConditionNOT):
            return not holds(node.args[0], matched)
        parts = [holds(part, matched) for part in node.args]
        return all(parts) if isinstance(node, CorrelationConditionAND) else any(parts)

    condition = rule.condition
    out = ""
    for subset in range(2 ** len(names)):
        matched = {name for bit, name in enumerate(names) if subset >> bit & 1}
        if isinstance(condition, SigmaCorrelationCondition):
            is_met = COMPARISONS[condition.op.name.lower()](len(matched), condition.count)
        else:
            is_met = holds(condition.parsed, matched)
        out += "1" if is_met else "0"
    return out


def rule_names(rule):
    if rule.rules is None:
        return rule.condition.get_referenced_rules()
    return list(dict.fromkeys(one.reference for one in rule.rules))


def correlation(rule):
    """What of a correlation can be compared."""
    names = rule_names(rule)
    printed = {
        "type": rule.type.name.lower(),
        "inputs": len(names),
        "groupBy": rule.group_by or [],
        "seconds": rule.timespan.seconds,
        "generate": rule.generate,
        "aliases": sorted(alias.alias for alias in rule.aliases),
    }
    condition = rule.condition
    if not printed["type"].startswith("temporal") and isinstance(condition, SigmaCorrelationCondition):
        fields = condition.fieldref or []
        printed["bound"] = [condition.op.name.lower(), condition.count]
        printed["fields"] = [fields] if isinstance(fields, str) else fields
    elif len(names) <= RULES_MAX:
        printed["met"] = met(rule, names)
    return printed


def documents_of(name, text, printer):
    try:
        collection = SigmaCollection.from_dicts(
            [one for one in yaml.safe_load_all(text) if one is not None],
            collect_errors=True,
            resolve_references=False,
        )
    except (SigmaError, yaml.YAMLError, TypeError, AttributeError, ValueError) as error:
        yield {"file": name, "number": 0, "refused": f"{type(error).__name__}: {error}"}
        return
    if not collection.rules and collection.errors:
        yield {"file": name, "number": 0, "refused": str(collection.errors[0])}
    for number, rule in enumerate(collection.rules):
        line = {"file": name, "number": number}
        try:
            if rule.errors:
                raise rule.errors[0]
            if isinstance(rule, SigmaCorrelationRule):
                yield {**line, "correlation": correlation(rule)}
                continue
            if not isinstance(rule, SigmaRule):
                continue
            conditions = [one.parsed for one in rule.detection.parsed_condition]
            line["logsource"] = [rule.logsource.product, rule.logsource.category, rule.logsource.service]
            line["expression"] = ["or", [printer.expression(one) for one in conditions]]
        except (SigmaError, TypeError) as error:
            line = {"file": name, "number": number, "refused": f"{type(error).__name__}: {error}"}
        yield line


def main():
    request = json.load(sys.stdin)
    printer = Printer(request["lists"])
    for name, text in request["files"]:
        for line in documents_of(name, text, printer):
            print(json.dumps(line))


if __name__ == "__main__":
    main()
