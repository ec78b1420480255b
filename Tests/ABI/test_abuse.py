"""A host program that does everything wrong survives, and valgrind finds nothing."""
import shutil


def test_nothing_crashes_and_everything_is_refused(driver, run):
    assert "0 failures" in run(driver("abuse", "-lm"))


def test_valgrind_finds_nothing(driver, run, root):
    assert shutil.which("valgrind"), "install valgrind (scripts/setup.sh valgrind)"
    run("valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite",
        f"--suppressions={root / 'Tests/ABI/swift.supp'}", driver("abuse", "-lm"))
