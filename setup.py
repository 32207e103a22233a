"""What pyproject.toml cannot say to setuptools: the native core is optional, and the default model lies in artifacts/.

Without a C compiler the build says so in one line and goes on; chude then runs on numpy alone, with the same results.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import ClassVar

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.errors import BaseError, CCompilerError

DEFAULT_MODEL = Path("artifacts", "world-news")
# Contracted to one rounding, `a * b + c` would give other last digits than numpy does.
FLAGS = {"msvc": ["/O2", "/std:c11", "/fp:precise"]}
UNIX_FLAGS = ["-O3", "-std=c11", "-ffp-contract=off", "-fvisibility=hidden"]


class BuildCore(build_ext):
    """Compiles the core with the flags that its sums rely on; does without it where that fails."""

    def build_extension(self, ext: Extension) -> None:
        """As setuptools does it."""
        ext.extra_compile_args = FLAGS.get(self.compiler.compiler_type, UNIX_FLAGS)
        try:
            super().build_extension(ext)
        except (CCompilerError, BaseError, OSError) as error:
            reason = " ".join(str(error).split())
            sys.stderr.write(f"chude: the native core was not built ({reason}); going on without: the same, slower\n")


class BuildPackages(build_py):
    """Puts the default model into the package, and nothing that an earlier build left behind."""

    editable_mode: ClassVar[bool] = False

    def run(self) -> None:
        """As setuptools does it."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        target = Path(self.build_lib, "classifier", "default_model")
        self.mkpath(str(target))
        for file in sorted(DEFAULT_MODEL.iterdir()):
            self.copy_file(str(file), str(target / file.name))


setup(
    ext_modules=[
        Extension(
            "classifier.core._native",
            ["classifier/core/native.c"],
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            py_limited_api=True,
            optional=True,
        )
    ],
    cmdclass={"build_ext": BuildCore, "build_py": BuildPackages},
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
