# Creates the stack of a SAM template on a moto server, as far as moto knows its resources, and prints what came of it as
# JSON: deploy.py <endpoint> <stack> <template> <parameters as JSON>. What moto's CloudFormation does not know is left out,
# and listed; wherever another resource refers to it a name stands. What functions need of it is made without CloudFormation.
import io
import json
import os
import re
import sys
import zipfile

endpoint, stack, template_file, parameters = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION="us-east-1")

import boto3
from moto.cloudformation.parsing import get_model_map
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


def client(service):
    return boto3.client(service, endpoint_url=endpoint)


def transformed():
    with open(template_file) as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": code_bucket, "Key": "bootstrap.zip"}
    values = {name: p.get("Default") for name, p in template["Parameters"].items()}
    return transform(template, values | parameters, None)


# Functions need code to be created. It is not run.
code_bucket = stack + "-code"
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as code:
    code.writestr("bootstrap", "")
client("s3").create_bucket(Bucket=code_bucket)
client("s3").put_object(Bucket=code_bucket, Key="bootstrap.zip", Body=archive.getvalue())

template = transformed()
known = get_model_map().keys() - {
    "AWS::Events::EventBus",  # which moto makes, but cannot refer to
    "AWS::Lambda::EventSourceMapping",  # with which moto would have Docker run a function at each write
}
left_out = {name: r["Type"] for name, r in template["Resources"].items() if r["Type"] not in known}
template["Resources"] = {name: r for name, r in template["Resources"].items() if name not in left_out}


NOTHING = {"Ref": "AWS::NoValue"}
values = {name: p.get("Default") for name, p in template["Parameters"].items()} | parameters


def holds(value):
    """Gives what a condition, or a part of one, comes to: moto cannot leave an entry out of a list."""
    if not isinstance(value, dict):
        return value
    (kind, of), = value.items()
    if kind == "Ref":
        return values[of]
    if kind == "Condition":
        return holds(template["Conditions"][of])
    parts = [holds(v) for v in of]
    return {"Fn::Equals": lambda: parts[0] == parts[1], "Fn::Not": lambda: not parts[0], "Fn::And": lambda: all(parts), "Fn::Or": lambda: any(parts)}[kind]()


def chosen(value):
    """Puts what they come to in the place of Fn::If, and leaves out what comes to nothing."""
    if isinstance(value, list):
        return [v for v in map(chosen, value) if v != NOTHING]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::If"]:
        condition, one, other = value["Fn::If"]
        return chosen(one if holds({"Condition": condition}) else other)
    return {name: v for name, v in ((n, chosen(v)) for n, v in value.items()) if v != NOTHING}


template["Resources"] = chosen(template["Resources"])


def named(name):
    return stack + "-" + name


def attribute(name):
    """Gives a left out resource's ARN, whatever the attribute is called: nothing else of them is asked for."""
    kind = {"AWS::Events::EventBus": "events:us-east-1:123456789012:event-bus/"}.get(left_out[name], "moto:us-east-1:123456789012:")
    return "arn:aws:" + kind + named(name)


def without(value):
    """Puts names in the place of references to what was left out."""
    if isinstance(value, list):
        return [without(v) for v in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)(\.\w+)?\}", lambda m: (attribute if m[2] else named)(m[1]) if m[1] in left_out else m[0], value)
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in left_out:
        return named(value["Ref"])
    if value.get("Fn::GetAtt", [""])[0] in left_out:
        return attribute(value["Fn::GetAtt"][0])
    return {name: without(v) for name, v in value.items() if name != "DependsOn"}


client("scheduler").create_schedule_group(Name=named("ScheduleGroup"))
client("events").create_event_bus(Name=named("EventBus"))
client("s3").put_object(Bucket=code_bucket, Key="template.json", Body=json.dumps(without(template)))
client("cloudformation").create_stack(
    StackName=stack,
    TemplateURL=f"https://s3.amazonaws.com/{code_bucket}/template.json",
    Capabilities=["CAPABILITY_IAM"],
    Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
)
resources = [
    r
    for page in client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for r in page["StackResourceSummaries"]
]

physical = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
iam, functions = client("iam"), client("lambda")


def read(document):
    """Takes a policy as JSON, as Python's way of writing the same, which moto gives for those written into roles, or read."""
    return (yaml_parse(document) if isinstance(document, str) else document)["Statement"]


def statements(role):
    """Gives the statements of a role's policies. Which ones are attached stands in the template: moto forgets it."""
    found = {}
    for name in iam.list_role_policies(RoleName=physical[role])["PolicyNames"]:
        found[name] = read(iam.get_role_policy(RoleName=physical[role], PolicyName=name)["PolicyDocument"])
    for policy in template["Resources"][role]["Properties"]["ManagedPolicyArns"]:
        if isinstance(policy, dict) and policy.get("Ref") in physical:  # and not one of AWS's own
            arn = physical[policy["Ref"]]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found[policy["Ref"]] = read(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return found


def function(name):
    configuration = functions.get_function_configuration(FunctionName=physical[name])
    return {
        "environment": {n: str(v) for n, v in configuration.get("Environment", {}).get("Variables", {}).items()},
        "policies": statements(template["Resources"][name]["Properties"]["Role"]["Fn::GetAtt"][0]),
    }


json.dump(
    {
        "status": client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"],
        "resources": physical,
        "leftOut": left_out,
        "functions": {
            r["LogicalResourceId"]: function(r["LogicalResourceId"])
            for r in resources
            if r["ResourceType"] == "AWS::Lambda::Function"
        },
    },
    sys.stdout,
)
