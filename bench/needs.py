"""What bench/run needs, installed before anything is measured: Debian packages by apt, the rest into bench/work."""
import os, pathlib, shutil, subprocess, sys

# A program (or file) that shows whether a Debian package is there, the package, and the parts that need it.
PACKAGES = [
    ("/usr/lib/postgresql/*/bin/initdb", "postgresql", {"postgres"}),
    ("psql", "postgresql-client", {"postgres"}),
    ("sshd", "openssh-server", {"sftp"}),
    ("sftp", "openssh-client", {"sftp"}),
    ("ssh-keygen", "openssh-client", {"sftp"}),
    ("cc", "build-essential", {"reading", "engine", "postgres", "sftp", "adversary", "trust"}),
]
LIBRARIES = [("duckdb", {"engine"}), ("paramiko", {"sftp"}), ("splink", {"trust"})]


def install(parts, work):
    """Installs what is missing for these parts; the Python that has the libraries. Ends the program when something cannot be
    installed, naming all of it and how to get it."""
    work.mkdir(exist_ok=True)
    os.environ["PATH"] = os.pathsep.join([str(work / "tools/bin"), os.environ["PATH"], "/usr/sbin"])
    python = work / "venv/bin/python"
    missing = [*rust(parts, work), *packages(parts), *libraries(parts, python)]
    if missing:
        sys.exit("bench/run cannot begin, this is missing:\n" + "".join(f"  {what}\n" for what in missing))
    return python


def tried(*command):
    """Runs an installer; `None` when it worked, else the end of what it said."""
    print("== Installing:", *command, file=sys.stderr)
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def is_there(program):
    if program.startswith("/"):
        return any(pathlib.Path("/").glob(program[1:]))
    return shutil.which(program) is not None


def rust(parts, work):
    if not is_there("cargo"):
        return ["cargo, with Rust as Cargo.toml asks for: https://rustup.rs"]
    if "engine" in parts and not is_there("b3sum"):
        error = tried("cargo", "install", "--quiet", "--locked", "--root", work / "tools", "b3sum")
        if error:
            return [f"b3sum: cargo install --locked b3sum ({error})"]
    return []


def packages(parts):
    missing = sorted({package for program, package, of in PACKAGES if of & parts and not is_there(program)})
    if not missing:
        return []
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    error = tried("apt-get", "update", "-qq") or tried("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)
    return [f"{package}: apt-get install {package} ({error})" for package in missing] if error else []


def libraries(parts, python):
    wanted = [name for name, of in LIBRARIES if of & parts]
    if not wanted:
        return []
    if not python.exists():
        shutil.rmtree(python.parent.parent, ignore_errors=True)
        error = tried(sys.executable, "-m", "venv", python.parent.parent)
        if error:
            error = tried("apt-get", "install", "-y", "-qq", "python3-venv") or tried(
                sys.executable, "-m", "venv", "--clear", python.parent.parent
            )
        if error:
            return [f"python3's venv: apt-get install python3-venv ({error})"]
    missing = [name for name in wanted if subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode]
    failed = []
    for name in missing:
        error = tried(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name)
        failed += [f"{name}: {python} -m pip install {name} ({error})"] if error else []
    return failed
