"""Reads the generated files as python-dotenv and configparser do, and prints one line of JSON for each.

Usage: read.py dotenv|ini FOLDER COUNT
"""

import configparser
import json
import sys

from dotenv import dotenv_values
from dotenv.parser import parse_stream


def read_dotenv(path):
    with open(path, encoding="utf-8") as file:
        bindings = list(parse_stream(file))
    return {
        "values": dotenv_values(path, interpolate=False, encoding="utf-8"),
        "bindings": [
            {
                "key": binding.key,
                "value": binding.value,
                "error": binding.error,
                # Without the blank lines in front, which python-dotenv counts in.
                "first": binding.original.line + leading(binding.original.string),
                "last": binding.original.line + binding.original.string.rstrip("\n").count("\n"),
            }
            for binding in bindings
        ],
    }


def leading(text):
    return text[: len(text) - len(text.lstrip())].count("\n")


def read_ini(path, encoding):
    with open(path, encoding=encoding) as file:
        return parsed(file.readlines())


def parsed(lines):
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    try:
        parser.read_file(lines)
    except configparser.ParsingError as error:
        lines = [line for line, _ in getattr(error, "errors", [])]
        return {"error": min(lines, default=None) or error.lineno}
    except configparser.Error as error:
        # Lines that it can't parse are told at the end only, to which this error did not let it come.
        return {"error": parsed(lines[: error.lineno - 1]).get("error", error.lineno)}
    return {
        "default": dict(parser.defaults()),
        "sections": {name: dict(parser.items(name)) for name in parser.sections()},
    }


def main():
    kind, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for number in range(count):
        path = f"{folder}/{number:04}"
        if kind == "dotenv":
            answer = read_dotenv(path)
        else:
            answer = {"plain": read_ini(path, "utf-8"), "without_bom": read_ini(path, "utf-8-sig")}
        print(json.dumps(answer))


main()
