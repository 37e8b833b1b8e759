//! Expressions for the odd case: one `MiniJinja` expression over named values, with fuel, few filters and capped output.
//! They are refused on fields that hold the person's own words; the mapping file's reader sees to that.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, filters, tests};

const FUEL: u64 = 20_000;
const LONGEST: usize = 64 << 10;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(32);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("length", filters::length);
    environment.add_filter("first", filters::first);
    environment.add_filter("int", filters::int);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("endingwith", tests::is_endingwith);
    environment
});

/// A compiled expression.
pub(super) struct Expression {
    code: minijinja::Expression<'static, 'static>,
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Expression")
    }
}

impl Expression {
    /// Compiles it; the error says what is wrong. `names` are the values it may use.
    pub(super) fn new(text: &str, names: &[&str]) -> Result<Self, String> {
        if text.contains('*') {
            return Err("an expression may not use *".to_owned());
        }
        let code = ENVIRONMENT.compile_expression_owned(text.to_owned()).map_err(|error| error.to_string())?;
        let mut unknown: Vec<String> =
            code.undeclared_variables(false).into_iter().filter(|name| !names.contains(&name.as_str())).collect();
        unknown.sort_unstable();
        match unknown.first() {
            Some(name) => Err(format!("the expression uses {name}, which `with` does not give")),
            None => Ok(Self { code }),
        }
    }

    /// Its text over these values; nothing when it fails, runs long, or yields no text.
    pub(super) fn text<'v>(&self, values: impl Iterator<Item = (&'v str, &'v str)>) -> Option<String> {
        let values: Vec<(&str, &str)> = values.collect();
        if values.iter().map(|(_, value)| value.len()).sum::<usize>() > LONGEST {
            return None;
        }
        let result = self
            .code
            .eval(values.into_iter().map(|(name, value)| (name, Value::from(value))).collect::<Value>())
            .ok()?;
        if result.is_undefined() || result.is_none() {
            return None;
        }
        Some(result.to_string()).filter(|text| text.len() <= LONGEST && !text.trim().is_empty())
    }
}
