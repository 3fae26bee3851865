# Prints what CloudFormation would make of a SAM template: one JSON list with an object for each set of parameters in the
# JSON list on standard input. SAM's own library transforms it. What CloudFormation does then is done here, for the few
# functions that the template uses; anything else is an error, as is a reference to what is not there.
import copy
import json
import os
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # SAM wants to know one
from cfnlint.decode import decode
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "gavel",
}
NOTHING = object()


class Stack:
    def __init__(self, template, given):
        self.template = template
        self.values = dict(PSEUDO)
        for name, parameter in template["Parameters"].items():
            self.values[name] = given.get(name, parameter.get("Default"))
        for name in given:
            if name not in template["Parameters"]:
                raise KeyError(f"no parameter {name}")
        self.made = {name: r for name, r in template["Resources"].items() if self.holds(r.get("Condition"))}

    def holds(self, condition):
        return condition is None or self.resolve(self.template["Conditions"][condition])

    def broken(self):
        """The assertions of rules that do not hold."""
        said = []
        for rule in self.template.get("Rules", {}).values():
            if "RuleCondition" in rule and not self.resolve(rule["RuleCondition"]):
                continue
            said += [a["AssertDescription"] for a in rule["Assertions"] if not self.resolve(a["Assert"])]
        return said

    def ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.values:
            return self.values[name]
        if name not in self.made:
            raise KeyError(f"reference to {name}, which is not made")
        return name

    def attribute(self, path):
        name = path.split(".")[0]
        if name not in self.made:
            raise KeyError(f"reference to {path}, which is not made")
        return path

    def sub(self, argument):
        text, local = argument if isinstance(argument, list) else (argument, {})
        local = {name: self.resolve(value) for name, value in local.items()}

        def value(match):
            name = match.group(1)
            if name in local:
                return str(local[name])
            return str(self.attribute(name) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^!}]+)\}", value, text)

    def resolve(self, node):
        if isinstance(node, list):
            return [v for v in map(self.resolve, node) if v is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(function, argument)] = node.items()
            if function == "Ref":
                return self.ref(argument)
            if function == "Condition" and isinstance(argument, str):
                return self.holds(argument)
            if function.startswith("Fn::"):
                return self.call(function[4:], argument)
        return {k: v for k, v in ((k, self.resolve(v)) for k, v in node.items()) if v is not NOTHING}

    def call(self, function, argument):
        if function == "If":
            condition, yes, no = argument
            return self.resolve(yes if self.holds(condition) else no)
        if function == "Sub":
            return self.sub(argument)
        if function == "GetAtt":
            return self.attribute(argument if isinstance(argument, str) else ".".join(argument))
        argument = self.resolve(argument)
        if function == "Equals":
            return argument[0] == argument[1]
        if function == "Not":
            return not argument[0]
        if function == "Or":
            return any(argument)
        if function == "And":
            return all(argument)
        if function == "Split":
            return argument[1].split(argument[0])
        if function == "Join":
            return argument[0].join(argument[1])
        raise NotImplementedError(function)

    def resolved(self):
        resources = {}
        for name, resource in self.made.items():
            for needed in [resource.get("DependsOn", [])] if isinstance(resource.get("DependsOn", []), str) else resource.get("DependsOn", []):
                self.ref(needed)
            resources[name] = {"Type": resource["Type"], "Properties": self.resolve(resource.get("Properties", {}))}
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                resources[name][policy] = resource.get(policy, "Delete")
        outputs = {n: self.resolve(o["Value"]) for n, o in self.template["Outputs"].items() if self.holds(o.get("Condition"))}
        return {"Resources": resources, "Outputs": outputs, "Broken": self.broken()}


def main():
    template, faults = decode(sys.argv[1])
    if faults:
        raise ValueError(faults)
    template = json.loads(json.dumps(template))  # plain, without places
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://built/by-sam"  # as after an upload
    # SAM puts parameters into its own resources. Those that only conditions and rules ask for are no matter to it, and it
    # takes seconds.
    body = json.dumps({k: v for k, v in template.items() if k not in ("Parameters", "Conditions", "Rules")})
    transformed, stacks = {}, []
    for given in json.load(sys.stdin):
        seen = {name: value for name, value in given.items() if re.search(rf"\b{name}\b", body)}
        key = json.dumps(seen, sort_keys=True)
        if key not in transformed:
            transformed[key] = Translator({}, Parser()).translate(copy.deepcopy(template), dict(given))
        stacks.append(Stack(transformed[key], given).resolved())
    json.dump(stacks, sys.stdout)


main()
